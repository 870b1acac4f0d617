"""Where somebody is: the channel they may read and the team they look at."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import TeamNotFound
from commandpost.accounts.queries import get_team_for, is_team_member
from commandpost.chat.actions.channels import enter_team
from commandpost.chat.models import ChannelKind
from commandpost.chat.queries.channels import (
    ChannelRow,
    find_channel_id,
    find_last_channel_id,
    find_last_team_id,
    get_channel,
)
from commandpost.chat.queries.members import names_in_conversations
from commandpost.chat.rules import TOWN_SQUARE, conversation_title
from commandpost.kit.ids import TeamId
from commandpost.kit.words import N_, _

TeamParameter = Annotated[str, Query(alias="team", max_length=26)]

ICONS = {
    ChannelKind.PUBLIC: "hash",
    ChannelKind.PRIVATE: "lock",
    ChannelKind.DIRECT: "person",
    ChannelKind.GROUP: "people",
}

KIND_LABELS = {
    ChannelKind.PUBLIC: N_("public"),
    ChannelKind.PRIVATE: N_("private"),
    ChannelKind.DIRECT: N_("direct message"),
    ChannelKind.GROUP: N_("group message"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, and the team around it; a conversation is seen from any of one's teams."""

    channel: ChannelRow
    team_id: TeamId
    team_name: str

    def address(self, suffix: str = "", **query: str | int) -> str:
        """Return an address of this channel that keeps the team in a conversation."""
        return address(self.channel, self.team_id, suffix, **query)


def address(channel: ChannelRow, team_id: str, suffix: str = "", **query: str | int) -> str:
    """Return the address of a channel; a conversation carries the team one looks at."""
    team = {"team": team_id} if channel.is_conversation else {}
    asked = urlencode({**team, **{key: value for key, value in query.items() if value}})
    return f"/channels/{channel.id}{suffix}" + (f"?{asked}" if asked else "")


def find_place(session: Session, actor: Actor, channel_id: str, team_id: str = "") -> Place:
    """Return the channel and its team, or refuse as if the channel did not exist."""
    channel = get_channel(session, actor, channel_id)
    around = channel.team_id or team_id or find_last_team_id(session, actor)
    if not around:
        raise TeamNotFound
    team = get_team_for(session, actor, around) if not channel.team_id else None
    if team is not None:
        return Place(channel, TeamId(team.id), team.display_name)
    return Place(channel, TeamId(around), _name_of(session, actor, around))


def _name_of(session: Session, actor: Actor, team_id: str) -> str:
    """Return the team's name; somebody may be in a channel of a team that they left."""
    try:
        return get_team_for(session, actor, team_id).display_name
    except TeamNotFound:
        return _("Another team")


def some_channel(session: Session, actor: Actor, team_id: str) -> str:
    """Return the channel of a team that somebody looked at last, or the team's town square.

    Who may see the team from outside reads that without entering it.
    """
    if found := find_last_channel_id(session, actor, team_id):
        return found
    if not is_team_member(session, actor.id, team_id):
        get_team_for(session, actor, team_id)
        if square := find_channel_id(session, team_id, TOWN_SQUARE):
            return square
    return enter_team(session, actor, team_id)


def titles_of(session: Session, actor: Actor, rows: list[ChannelRow]) -> dict[str, str]:
    """Return id -> what somebody calls these channels: conversations by who else is in them."""
    names = names_in_conversations(session, actor, [row.id for row in rows if row.is_conversation])
    return {
        row.id: conversation_title(names[row.id]) if row.is_conversation else row.display_name
        for row in rows
    }
