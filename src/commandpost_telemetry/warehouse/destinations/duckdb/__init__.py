"""The default warehouse: one file, owned by one process."""
