"""Who listens to the stream, and which topics they may hear; main hands both to `live`."""

from fastapi import WebSocket
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import COOKIE
from commandpost.accounts.queries import find_actor_by_sign_in, is_team_member
from commandpost.accounts.rules import secret_hash
from commandpost.chat.errors import ChannelNotFound
from commandpost.chat.queries.channels import get_channel
from commandpost.kit.clock import now


def who_listens(session: Session, connection: WebSocket) -> Actor | None:
    """Return whose session cookie the connection carries."""
    secret = connection.cookies.get(COOKIE)
    if not secret:
        return None
    found = find_actor_by_sign_in(session, secret_hash(secret), at=now())
    return found.actor if found else None


def may_listen(session: Session, actor: Actor, topic: str) -> bool:
    """Return whether they may hear `channel: members: team: user: read: mentions:` and an id."""
    kind, _, rest = topic.partition(":")
    subject = rest.partition(":")[0]
    if kind in {"user", "read", "mentions"}:
        return subject == actor.id
    if kind == "team":
        return actor.is_admin or is_team_member(session, actor.id, subject)
    return kind in {"channel", "members"} and _may_read(session, actor, subject)


def _may_read(session: Session, actor: Actor, channel_id: str) -> bool:
    try:
        get_channel(session, actor, channel_id)
    except ChannelNotFound:
        return False
    return True
