"""Make channels and conversations, and see that every team has its town square."""

import hashlib

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import TeamNotFound
from commandpost.accounts.queries import get_team_for, is_team_member
from commandpost.chat.actions.members import add_membership
from commandpost.chat.errors import (
    ChannelNameInvalid,
    NobodyChosen,
    PersonNotFound,
    TooManyPeople,
)
from commandpost.chat.models import Channel, ChannelKind
from commandpost.chat.queries.channels import find_channel_id, lock_channel
from commandpost.chat.queries.members import find_reachable, is_member
from commandpost.chat.rules import (
    LARGEST_GROUP,
    TOWN_SQUARE,
    TOWN_SQUARE_NAME,
    clean_name,
    slug,
    slug_with_suffix,
)
from commandpost.kit.clock import now
from commandpost.kit.db import tell
from commandpost.kit.ids import ChannelId, UserId, new_id


def create_channel(
    session: Session,
    actor: Actor,
    *,
    team_id: str,
    display_name: str,
    is_private: bool = False,
    address: str = "",
) -> ChannelId:
    """Make a channel of a team with its creator in it; its address follows from its name."""
    get_team_for(session, actor, team_id)
    name = clean_name(display_name)
    if not name:
        raise ChannelNameInvalid
    kind = ChannelKind.PRIVATE if is_private else ChannelKind.PUBLIC
    wanted = address or slug(name, fallback=new_id())
    channel = None
    while channel is None:  # somebody took the address just now: then it is taken the next time
        free = free_slug(session, team_id, wanted)
        channel = _add_channel(session, team_id=team_id, name=free, display_name=name, kind=kind)
    add_membership(session, channel, actor.id)
    tell(session, f"team:{team_id}:channels")
    return ChannelId(channel.id)


def free_slug(session: Session, team_id: str, wanted: str) -> str:
    """Return the address, with a suffix while it is taken; the town square's always is."""
    free = wanted
    while free == TOWN_SQUARE or find_channel_id(session, team_id, free) is not None:
        free = slug_with_suffix(wanted, new_id())
    return free


def _add_channel(
    session: Session, *, team_id: str | None, name: str, display_name: str, kind: ChannelKind
) -> Channel | None:
    """Add a channel, unless another transaction took its address first."""
    channel = Channel(
        id=new_id(),
        team_id=team_id,
        name=name,
        display_name=display_name,
        kind=kind,
        created_at=now(),
        last_number=0,
        message_count=0,
    )
    try:
        with session.begin_nested():
            session.add(channel)
    except IntegrityError:
        return None
    return channel


def _the_channel(
    session: Session, *, team_id: str | None, name: str, display_name: str, kind: ChannelKind
) -> Channel:
    """Return the one channel of this address; if it is missing, one of two at once makes it."""
    made = None
    if find_channel_id(session, team_id, name) is None:
        made = _add_channel(
            session, team_id=team_id, name=name, display_name=display_name, kind=kind
        )
    if made is not None:
        return made
    return lock_channel(session, find_channel_id(session, team_id, name) or "")


def enter_team(session: Session, actor: Actor, team_id: str) -> ChannelId:
    """Return the team's town square with the actor in it; it is made when it is missing."""
    if not is_team_member(session, actor.id, team_id):
        raise TeamNotFound
    found = find_channel_id(session, team_id, TOWN_SQUARE)
    if found and is_member(session, found, actor.id):
        return ChannelId(found)
    channel = _the_channel(
        session,
        team_id=team_id,
        name=TOWN_SQUARE,
        display_name=TOWN_SQUARE_NAME,
        kind=ChannelKind.PUBLIC,
    )
    add_membership(session, channel, actor.id)
    return ChannelId(channel.id)


def open_conversation(session: Session, actor: Actor, usernames: list[str]) -> ChannelId:
    """Return the direct or group message with these people; the same people, the same one."""
    people = _chosen(session, actor, usernames)
    kind = ChannelKind.DIRECT if len(people) <= 2 else ChannelKind.GROUP  # noqa: PLR2004 - two talk
    channel = _the_channel(
        session,
        team_id=None,
        name=conversation_name(people),
        display_name=", ".join(sorted(people.values()))[:256],
        kind=kind,
    )
    for user_id in people:
        add_membership(session, channel, user_id)
    return ChannelId(channel.id)


def find_conversation(session: Session, actor: Actor, usernames: list[str]) -> str | None:
    """Return the direct or group message with these people if there is one already."""
    return find_channel_id(session, None, conversation_name(_chosen(session, actor, usernames)))


def _chosen(session: Session, actor: Actor, usernames: list[str]) -> dict[UserId, str]:
    """Return who talks, the actor among them; all of them are people whom the actor may reach."""
    if not usernames:
        raise NobodyChosen
    people: dict[UserId, str] = {actor.id: actor.username}
    for username in usernames:
        person = find_reachable(session, actor, username)
        if person is None:
            raise PersonNotFound(username)
        people[person.id] = person.username
    if len(people) > LARGEST_GROUP:
        raise TooManyPeople(LARGEST_GROUP)
    return people


def conversation_name(people: dict[UserId, str]) -> str:
    """Return the address of a conversation: the same for the same people, telling nothing."""
    return hashlib.sha256(" ".join(sorted(people)).encode()).hexdigest()[:40]
