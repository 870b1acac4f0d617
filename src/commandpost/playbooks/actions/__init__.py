"""What users can do with playbooks; one file per deed."""
