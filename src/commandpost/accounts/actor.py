"""Who acts: the value that doors hand to actions and queries."""

from dataclasses import dataclass

from commandpost.kit.ids import UserId


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person (or one with a token) who is active."""

    id: UserId
    username: str
    display_name: str
    is_admin: bool = False
    language: str = ""  # empty: as the browser asks


# Whoever runs commands on the server's own machine may do what an administrator may.
CONSOLE = Actor(UserId(""), "console", "The console", is_admin=True)
