"""Questions about people: who is in a channel, who they are, whom one may reach."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.models import TeamMember, User
from commandpost.chat.models import Channel, ChannelMember
from commandpost.chat.platform import Person
from commandpost.kit.ids import UserId

MOST_PEOPLE = 200

_PERSON = (User.id, User.username, User.display_name)
_ACTIVE = and_(User.deactivated_at.is_(None), User.is_bot.is_(False))


def _person(row: Row[str, str, str]) -> Person:
    return Person(UserId(row.id), row.username, row.display_name)


def find_member(session: Session, channel_id: str, user_id: str) -> ChannelMember | None:
    """Return a membership to change."""
    return session.scalar(
        select(ChannelMember).where(
            ChannelMember.channel_id == channel_id, ChannelMember.user_id == user_id
        )
    )


def is_member(session: Session, channel_id: str, user_id: str) -> bool:
    """Return whether the user is in the channel."""
    found = exists().where(ChannelMember.channel_id == channel_id, ChannelMember.user_id == user_id)
    return bool(session.scalar(select(found)))


def list_members(session: Session, channel_id: str) -> list[Person]:
    """Return the people in a channel by user name, without bots."""
    rows = session.execute(
        select(*_PERSON)
        .join(ChannelMember, ChannelMember.user_id == User.id)
        .where(ChannelMember.channel_id == channel_id, User.is_bot.is_(False))
        .order_by(User.username)
    )
    return [_person(row) for row in rows]


def count_members(session: Session, channel_id: str) -> int:
    """Return how many people are in a channel, without bots."""
    counted = session.scalar(
        select(func.count())
        .select_from(ChannelMember)
        .join(User, User.id == ChannelMember.user_id)
        .where(ChannelMember.channel_id == channel_id, User.is_bot.is_(False))
    )
    return counted or 0


def members_named(
    session: Session, channel_id: str, usernames: Collection[str]
) -> dict[str, UserId]:
    """Return user name -> id of those who are in the channel."""
    if not usernames:
        return {}
    rows = session.execute(
        select(User.username, User.id)
        .join(ChannelMember, ChannelMember.user_id == User.id)
        .where(ChannelMember.channel_id == channel_id, User.username.in_(usernames))
    )
    return {row.username: UserId(row.id) for row in rows}


def member_ids(session: Session, channel_id: str) -> list[UserId]:
    """Return who is in a channel."""
    rows = session.scalars(
        select(ChannelMember.user_id).where(ChannelMember.channel_id == channel_id)
    )
    return [UserId(row) for row in rows]


def usernames_that_exist(session: Session, usernames: Collection[str]) -> frozenset[str]:
    """Return those names that belong to somebody."""
    if not usernames:
        return frozenset()
    return frozenset(session.scalars(select(User.username).where(User.username.in_(usernames))))


def people_by_id(session: Session, user_ids: Sequence[str]) -> dict[str, Person]:
    """Return who these users are, by id; unknown ids are left out."""
    rows = session.execute(select(*_PERSON).where(User.id.in_(user_ids)))
    return {row.id: _person(row) for row in rows}


def find_person(session: Session, username: str) -> Person | None:
    """Return the active person of that name."""
    row = session.execute(
        select(*_PERSON).where(User.username == username.lstrip("@").lower(), _ACTIVE)
    ).first()
    return _person(row) if row else None


def _shares_a_team(viewer: Actor) -> ColumnElement[bool]:
    mine = select(TeamMember.team_id).where(TeamMember.user_id == viewer.id)
    return exists().where(TeamMember.user_id == User.id, TeamMember.team_id.in_(mine))


def find_reachable(session: Session, viewer: Actor, username: str) -> Person | None:
    """Return the active person of that name: oneself, a team mate, for administrators anyone."""
    query = select(*_PERSON).where(User.username == username.lstrip("@").lower(), _ACTIVE)
    if not viewer.is_admin:
        query = query.where(or_(User.id == viewer.id, _shares_a_team(viewer)))
    row = session.execute(query).first()
    return _person(row) if row else None


def list_reachable(session: Session, viewer: Actor) -> list[Person]:
    """Return the active people of the viewer's teams by user name, at most 200."""
    rows = session.execute(
        select(*_PERSON)
        .where(_ACTIVE, _shares_a_team(viewer))
        .order_by(User.username)
        .limit(MOST_PEOPLE)
    )
    return [_person(row) for row in rows]


def list_invitable(session: Session, channel_id: str) -> list[Person]:
    """Return the team mates who are not in the channel yet, by user name, at most 200."""
    inside = exists().where(
        ChannelMember.channel_id == channel_id, ChannelMember.user_id == User.id
    )
    rows = session.execute(
        select(*_PERSON)
        .join(TeamMember, TeamMember.user_id == User.id)
        .join(Channel, Channel.team_id == TeamMember.team_id)
        .where(Channel.id == channel_id, _ACTIVE, ~inside)
        .order_by(User.username)
        .limit(MOST_PEOPLE)
    )
    return [_person(row) for row in rows]


def names_in_conversations(
    session: Session, viewer: Actor, channel_ids: Collection[str]
) -> dict[str, list[str]]:
    """Return channel id -> names of the others who are in it."""
    if not channel_ids:
        return {}
    shown = case((User.display_name != "", User.display_name), else_=User.username)
    rows = session.execute(
        select(ChannelMember.channel_id, shown.label("shown"))
        .join(User, User.id == ChannelMember.user_id)
        .where(ChannelMember.channel_id.in_(channel_ids), User.id != viewer.id)
        .order_by(func.lower(shown), User.id)
    )
    found: dict[str, list[str]] = {channel_id: [] for channel_id in channel_ids}
    for row in rows:
        found[row.channel_id].append(row.shown)
    return found


def find_bot(session: Session, username: str) -> User | None:
    """Return the bot of that name."""
    return session.scalar(select(User).where(User.username == username, User.is_bot))
