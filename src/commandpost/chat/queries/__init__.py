"""Every question that the chat asks its database, by noun."""
