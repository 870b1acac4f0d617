"""What people do with accounts: one deed, one function, one transaction."""
