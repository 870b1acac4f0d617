"""The stream over the chat's people."""

from tests.commandpost.chat.conftest import app, doors, people
from tests.commandpost.chat.postgres import postgres_url

__all__ = ["app", "doors", "people", "postgres_url"]
