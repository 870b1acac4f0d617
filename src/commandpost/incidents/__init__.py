"""The running side: incidents and their checklists."""
