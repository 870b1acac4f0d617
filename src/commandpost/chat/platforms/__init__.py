"""The chats that incidents may run on: the built-in one, and one in memory for tests."""
