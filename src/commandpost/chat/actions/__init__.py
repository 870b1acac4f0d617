"""What people do in the chat: one function, one deed, one transaction."""
