"""The template side: playbooks and their checklists."""
