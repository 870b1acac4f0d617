"""Questions about channels and teams, each as its viewer stands to it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from commandpost.accounts.actor import Actor
from commandpost.accounts.models import Team, TeamMember
from commandpost.chat.errors import ChannelNotFound
from commandpost.chat.models import Channel, ChannelKind, ChannelMember
from commandpost.chat.rules import TOWN_SQUARE, may_read
from commandpost.kit.ids import ChannelId, TeamId
from commandpost.kit.paging import Page, PageRequest


class Seen(NamedTuple):
    """How far a channel went when somebody saw it: counts of all time, which only grow."""

    number: int
    messages: int
    mentions: int


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel as its viewer stands to it; for others than members nothing is unread."""

    id: ChannelId
    team_id: TeamId | None
    name: str
    display_name: str
    kind: ChannelKind
    last_number: int
    message_count: int
    is_member: bool
    read_number: int
    unread: int
    mentions: int
    mention_count: int

    @property
    def is_conversation(self) -> bool:
        return self.team_id is None

    @property
    def seen(self) -> Seen:
        return Seen(self.last_number, self.message_count, self.mention_count)


_UNREAD_MENTIONS = ChannelMember.mention_count - ChannelMember.read_mention_count
_COLUMNS = (
    Channel.id,
    Channel.team_id,
    Channel.name,
    Channel.display_name,
    Channel.kind,
    Channel.last_number,
    Channel.message_count,
    ChannelMember.user_id.is_not(None).label("is_member"),
    func.coalesce(ChannelMember.read_number, Channel.last_number).label("read_number"),
    func.coalesce(Channel.message_count - ChannelMember.read_count, 0).label("unread"),
    func.coalesce(_UNREAD_MENTIONS, 0).label("mentions"),
    func.coalesce(ChannelMember.mention_count, 0).label("mention_count"),
)


def _row(row: Row[*tuple[Any, ...]]) -> ChannelRow:
    return ChannelRow(
        id=row.id,
        team_id=row.team_id,
        name=row.name,
        display_name=row.display_name,
        kind=ChannelKind(row.kind),
        last_number=row.last_number,
        message_count=row.message_count,
        is_member=row.is_member,
        read_number=row.read_number,
        unread=row.unread,
        mentions=row.mentions,
        mention_count=row.mention_count,
    )


def _own(viewer: Actor) -> ColumnElement[bool]:
    """Return what joins the viewer's membership; who left the team is in none of its channels."""
    return _membership(viewer.id, is_admin=viewer.is_admin)


def _membership(user_id: str | BindParameter[str], *, is_admin: bool) -> ColumnElement[bool]:
    own = and_(ChannelMember.channel_id == Channel.id, ChannelMember.user_id == user_id)
    return own if is_admin else and_(own, or_(Channel.team_id.is_(None), _in_team(user_id)))


def _in_team(user_id: str | BindParameter[str]) -> ColumnElement[bool]:
    mine = aliased(TeamMember)  # some questions ask TeamMember themselves
    return exists().where(mine.team_id == Channel.team_id, mine.user_id == user_id)


def _one_channel(*, is_admin: bool) -> Select[*tuple[Any, ...]]:
    viewer_id: BindParameter[str] = bindparam("viewer_id")
    return (
        select(*_COLUMNS, _in_team(viewer_id).label("in_team"))
        .outerjoin(ChannelMember, _membership(viewer_id, is_admin=is_admin))
        .where(Channel.id == bindparam("channel_id"))
    )


def _own_channels(*, is_admin: bool) -> Select[*tuple[Any, ...]]:
    return (
        select(*_COLUMNS)
        .join(ChannelMember, _membership(bindparam("viewer_id"), is_admin=is_admin))
        .where(or_(Channel.team_id == bindparam("team_id"), Channel.team_id.is_(None)))
        .order_by(func.lower(Channel.display_name), Channel.id)
    )


# Asked for every page, deed and topic: built once, for to build it costs ten times the asking.
_CHANNEL = {is_admin: _one_channel(is_admin=is_admin) for is_admin in (False, True)}
_OWN_CHANNELS = {is_admin: _own_channels(is_admin=is_admin) for is_admin in (False, True)}


def get_channel(session: Session, viewer: Actor, channel_id: str) -> ChannelRow:
    """Return a channel that the viewer may read, else refuse as if it did not exist."""
    asked = {"channel_id": channel_id, "viewer_id": viewer.id}
    row = session.execute(_CHANNEL[viewer.is_admin], asked).first()
    if row is None or not may_read(
        kind=row.kind,
        is_member=row.is_member,
        is_team_member=row.in_team,
        is_admin=viewer.is_admin,
    ):
        raise ChannelNotFound
    return _row(row)


def lock_channel(session: Session, channel_id: str) -> Channel:
    """Return a channel to change; whoever else changes it waits."""
    channel = session.scalar(select(Channel).where(Channel.id == channel_id).with_for_update())
    if channel is None:
        raise ChannelNotFound
    return channel


def list_own_channels(session: Session, viewer: Actor, team_id: str) -> list[ChannelRow]:
    """Return the viewer's channels of one team and all their conversations, by name."""
    asked = {"team_id": team_id, "viewer_id": viewer.id}
    rows = session.execute(_OWN_CHANNELS[viewer.is_admin], asked)
    return [_row(row) for row in rows]


def count_mentions(session: Session, viewer: Actor, *, but: str = "") -> int:
    """Return how often the viewer was named in what they have not read, leaving out a channel."""
    counted = select(func.coalesce(func.sum(_UNREAD_MENTIONS), 0))
    own = counted.join(Channel, _own(viewer)).where(Channel.id != but)
    return session.scalar(own) or 0


def page_of_channels(
    session: Session, viewer: Actor, team_id: str, request: PageRequest
) -> Page[ChannelRow]:
    """Return the team's channels that the viewer may see: the public ones and their own."""
    seen = (
        Channel.team_id == team_id,
        or_(Channel.kind == ChannelKind.PUBLIC, ChannelMember.user_id.is_not(None)),
    )
    rows = session.execute(
        select(*_COLUMNS)
        .outerjoin(ChannelMember, _own(viewer))
        .where(*seen)
        .order_by(func.lower(Channel.display_name), Channel.id)
        .limit(request.per_page)
        .offset(request.offset)
    )
    items = [_row(row) for row in rows]
    total = session.scalar(
        select(func.count(Channel.id)).outerjoin(ChannelMember, _own(viewer)).where(*seen)
    )
    return Page(items, total or 0, request)


def find_channel_id(session: Session, team_id: str | None, name: str) -> str | None:
    """Return the id of a channel by its address; without a team, of a conversation."""
    in_place = Channel.team_id.is_(None) if team_id is None else Channel.team_id == team_id
    return session.scalar(select(Channel.id).where(in_place, Channel.name == name))


def channels_by_slug(
    session: Session, viewer: Actor, team_id: str, slugs: Collection[str]
) -> dict[str, str]:
    """Return address -> id of those channels of a team that the viewer may know of."""
    if not slugs:
        return {}
    rows = session.execute(
        select(Channel.name, Channel.id)
        .outerjoin(ChannelMember, _own(viewer))
        .where(
            Channel.team_id == team_id,
            Channel.name.in_(slugs),
            or_(Channel.kind == ChannelKind.PUBLIC, ChannelMember.user_id.is_not(None)),
        )
    )
    return {row.name: row.id for row in rows}


def find_last_channel_id(session: Session, viewer: Actor, team_id: str) -> str | None:
    """Return the channel of a team that the viewer looked at last, else the town square."""
    return session.scalar(
        select(Channel.id)
        .join(ChannelMember, _own(viewer))
        .where(Channel.team_id == team_id)
        .order_by(
            ChannelMember.viewed_at.desc().nulls_last(),
            (Channel.name == TOWN_SQUARE).desc(),
            Channel.created_at,
            Channel.id,
        )
        .limit(1)
    )


def find_last_team_id(session: Session, viewer: Actor) -> str | None:
    """Return the team that the viewer looked at last, else their first by name."""
    return session.scalar(
        select(Team.id)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .outerjoin(Channel, Channel.team_id == Team.id)
        .outerjoin(ChannelMember, _own(viewer))
        .where(TeamMember.user_id == viewer.id)
        .order_by(ChannelMember.viewed_at.desc().nulls_last(), Team.display_name, Team.id)
        .limit(1)
    )
