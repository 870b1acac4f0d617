"""Every question about incidents: one of them, many of them, what happened in one."""
