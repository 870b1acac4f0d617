"""The stream over the chat's people."""

from tests.commandpost.chat.conftest import app, doors, people

__all__ = ["app", "doors", "people"]
