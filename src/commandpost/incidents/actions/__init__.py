"""What users can do with incidents; one file per deed."""
