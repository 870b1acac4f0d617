"""The models of the warehouse: one SELECT a file, staging first, marts on top."""
