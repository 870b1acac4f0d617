"""Questions about people: who is in a channel, who they are, whom one may reach."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from commandpost.accounts.actor import Actor
from commandpost.accounts.models import TeamMember, User
from commandpost.chat.models import Channel, ChannelMember
from commandpost.chat.platform import Person
from commandpost.kit.ids import UserId

MOST_PEOPLE = 200

_PERSON = (User.id, User.username, User.display_name)
_ACTIVE = and_(User.deactivated_at.is_(None), User.is_bot.is_(False))


def in_force() -> ColumnElement[bool]:
    """Return the condition under which a membership counts; ask it beside Channel and User.

    Its person is active and still in the channel's team; administrators need no team.
    """
    theirs = aliased(TeamMember)
    in_team = exists().where(
        theirs.team_id == Channel.team_id, theirs.user_id == ChannelMember.user_id
    )
    return and_(
        User.deactivated_at.is_(None), or_(Channel.team_id.is_(None), User.is_admin, in_team)
    )


def _person(row: Row[str, str, str]) -> Person:
    return Person(UserId(row.id), row.username, row.display_name)


def find_member(session: Session, channel_id: str, user_id: str) -> ChannelMember | None:
    """Return a membership to change."""
    return session.scalar(
        select(ChannelMember).where(
            ChannelMember.channel_id == channel_id, ChannelMember.user_id == user_id
        )
    )


def list_memberships(
    session: Session, channel_id: str, user_ids: Collection[str]
) -> Sequence[ChannelMember]:
    """Return the memberships of these people to change."""
    return session.scalars(
        select(ChannelMember).where(
            ChannelMember.channel_id == channel_id, ChannelMember.user_id.in_(user_ids)
        )
    ).all()


def is_member(session: Session, channel_id: str, user_id: str) -> bool:
    """Return whether the user is in the channel, and may be."""
    asked = {"channel_id": channel_id, "user_id": user_id}
    return session.scalar(_IS_MEMBER, asked) is not None


def members_among(session: Session, channel_id: str, user_ids: Collection[str]) -> set[UserId]:
    """Return which of the users are in the channel, as `is_member` does for one."""
    asked = {"channel_id": channel_id, "user_ids": list(user_ids)}
    return {UserId(each) for each in session.scalars(_MEMBERS_AMONG, asked)}


def _members(channel_id: str | ColumnElement[str]) -> Select[str, str, str]:
    return (
        select(*_PERSON)
        .join(ChannelMember, ChannelMember.user_id == User.id)
        .join(Channel, Channel.id == ChannelMember.channel_id)
        .where(ChannelMember.channel_id == channel_id, User.is_bot.is_(False), in_force())
    )


# Asked for every deed and every viewer: built once, for to build it costs ten times the asking.
_IS_MEMBER = (
    _members(bindparam("channel_id"))
    .with_only_columns(User.id)
    .where(User.id == bindparam("user_id"))
)
_COUNT = _members(bindparam("channel_id")).with_only_columns(func.count())
_MEMBERS_AMONG = (
    _members(bindparam("channel_id"))
    .with_only_columns(User.id)
    .where(User.id.in_(bindparam("user_ids", expanding=True)))
)


def list_members(session: Session, channel_id: str) -> list[Person]:
    """Return the people in a channel by user name, without bots."""
    return [_person(row) for row in session.execute(_members(channel_id).order_by(User.username))]


def count_members(session: Session, channel_id: str) -> int:
    """Return how many people are in a channel, without bots."""
    return session.scalar(_COUNT, {"channel_id": channel_id}) or 0


def members_named(
    session: Session, channel_id: str, usernames: Collection[str]
) -> dict[str, UserId]:
    """Return user name -> id of those who are in the channel."""
    if not usernames:
        return {}
    rows = session.execute(_members(channel_id).where(User.username.in_(usernames)))
    return {row.username: UserId(row.id) for row in rows}


def members_since(
    session: Session, channel_id: str, usernames: Collection[str]
) -> dict[str, datetime]:
    """Return user name -> since when, of those who are in the channel."""
    if not usernames:
        return {}
    named = _members(channel_id).where(User.username.in_(usernames))
    rows = session.execute(named.with_only_columns(User.username, ChannelMember.joined_at))
    return {row.username: row.joined_at for row in rows}


def member_ids(session: Session, channel_id: str) -> list[UserId]:
    """Return who is in a channel."""
    return [UserId(row.id) for row in session.execute(_members(channel_id))]


def team_mates_outside(session: Session, channel_id: str, usernames: Collection[str]) -> list[str]:
    """Return those of the names that belong to the channel's team but not to the channel."""
    if not usernames:
        return []
    named = _invitable(channel_id).with_only_columns(User.username)
    return list(session.scalars(named.where(User.username.in_(usernames)).order_by(User.username)))


def people_to_mention(
    session: Session, viewer: Actor, channel_id: str, typed: str, *, limit: int
) -> list[tuple[Person, bool]]:
    """Return whose name begins with the text, and whether they are in the channel: those first.

    Offered are its members and, in a channel of a team, their team mates.
    """
    members = _members(channel_id).with_only_columns(User.id)
    team = select(TeamMember.user_id).join(Channel, Channel.team_id == TeamMember.team_id)
    mates = team.where(Channel.id == channel_id)
    rows = session.execute(
        _reachable(viewer)
        .add_columns(User.id.in_(members).label("inside"))
        .where(or_(User.id.in_(members), User.id.in_(mates)), _begins(typed))
        .order_by(User.id.in_(members).desc(), User.username)
        .limit(limit)
    )
    return [(_person(row), row.inside) for row in rows]


def _begins(typed: str) -> ColumnElement[bool]:
    """Return the condition that the user name, or a word of the name, begins with a text."""
    spelled = (typed.lower(), typed.capitalize())  # SQLite lowers the letters of ASCII alone
    names = (func.lower(User.display_name), User.display_name)
    return or_(
        User.username.startswith(typed.lower(), autoescape=True),
        *(name.startswith(text, autoescape=True) for name in names for text in spelled),
        *(name.contains(f" {text}", autoescape=True) for name in names for text in spelled),
    )


def usernames_reachable(
    session: Session, viewer: Actor, usernames: Collection[str]
) -> frozenset[str]:
    """Return those names whose owners the viewer may know of and write to."""
    if not usernames:
        return frozenset()
    named = _reachable(viewer).with_only_columns(User.username)
    return frozenset(session.scalars(named.where(User.username.in_(usernames))))


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


def find_person_by_id(session: Session, user_id: str) -> Person | None:
    """Return the active person of that id."""
    row = session.execute(select(*_PERSON).where(User.id == user_id, _ACTIVE)).first()
    return _person(row) if row else None


def _shares_a_team(viewer: Actor) -> ColumnElement[bool]:
    return exists().where(TeamMember.user_id == User.id, TeamMember.team_id.in_(_teams_of(viewer)))


def _administers_beside(viewer: Actor) -> ColumnElement[bool]:
    """Return the condition of an administrator in a channel with the viewer, of whatever team."""
    mine, theirs, where = aliased(ChannelMember), aliased(ChannelMember), aliased(Channel)
    both = (mine.user_id == viewer.id, theirs.user_id == User.id)
    shared = (theirs.channel_id == mine.channel_id, where.id == mine.channel_id)
    return exists().where(*both, *shared, where.team_id.in_(_teams_of(viewer)), User.is_admin)


def _teams_of(viewer: Actor) -> Select[str]:
    return select(TeamMember.team_id).where(TeamMember.user_id == viewer.id)


def find_reachable(session: Session, viewer: Actor, username: str) -> Person | None:
    """Return the active person of that name whom the viewer may write to.

    Oneself, a team mate, an administrator who is in the same channel; for administrators anyone.
    """
    name = username.lstrip("@").lower()
    row = session.execute(_reachable(viewer).where(User.username == name)).first()
    return _person(row) if row else None


def _reachable(viewer: Actor) -> Select[str, str, str]:
    active = select(*_PERSON).where(_ACTIVE)
    if viewer.is_admin:
        return active
    is_known = or_(_shares_a_team(viewer), _administers_beside(viewer))
    return active.where(or_(User.id == viewer.id, is_known))


def list_reachable(session: Session, viewer: Actor, typed: str, *, limit: int) -> list[Person]:
    """Return the active people of the viewer's teams whose name begins with a text."""
    rows = session.execute(
        select(*_PERSON)
        .where(_ACTIVE, _shares_a_team(viewer), _begins(typed))
        .order_by(User.username)
        .limit(limit)
    )
    return [_person(row) for row in rows]


def list_invitable(session: Session, channel_id: str) -> list[Person]:
    """Return the team mates who are not in the channel yet, by user name, at most 200."""
    rows = session.execute(_invitable(channel_id).order_by(User.username).limit(MOST_PEOPLE))
    return [_person(row) for row in rows]


def _invitable(channel_id: str) -> Select[str, str, str]:
    inside = exists().where(
        ChannelMember.channel_id == channel_id, ChannelMember.user_id == User.id
    )
    return (
        select(*_PERSON)
        .join(TeamMember, TeamMember.user_id == User.id)
        .join(Channel, Channel.team_id == TeamMember.team_id)
        .where(Channel.id == channel_id, _ACTIVE, ~inside)
    )


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
