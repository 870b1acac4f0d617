"""Channels, posts, members: the built-in chat, and the port through which others are used."""
