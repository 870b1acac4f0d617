"""The one question that every administrative deed asks first."""

from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import NotAdministrator


def ask_administrator(actor: Actor) -> None:
    """Refuse unless the actor administers this server."""
    if not actor.is_admin:
        raise NotAdministrator
