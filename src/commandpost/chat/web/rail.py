"""The left pane: teams, running incidents, channels and conversations with what is unread."""

from fastapi import Request
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import list_teams_of
from commandpost.chat.gate import workspace_of
from commandpost.chat.place import ICONS, Place, address, titles_of
from commandpost.chat.queries.channels import ChannelRow, list_own_channels
from commandpost.chat.view import Rail, RailLink, TeamLink
from commandpost.chat.web.panels import Show
from commandpost.kit.words import _


def build_rail(request: Request, session: Session, actor: Actor, place: Place) -> Rail:
    """Return the rail as somebody sees it from a channel."""
    rows = list_own_channels(session, actor, place.team_id)
    titles = titles_of(session, actor, rows)
    incidents = workspace_of(request).rail(request, session, actor, place.team_id, place.channel.id)
    others = (row for row in rows if row.id not in incidents.channel_ids)
    ended = incidents.ended_ids
    links = {row: _link(row, titles[row.id], place, is_ended=row.id in ended) for row in others}
    return Rail(
        href=place.address("/rail"),
        topics=_topics(actor, rows, place),
        team_name=place.team_name,
        teams=_teams(session, actor, place),
        incidents=incidents.markup,
        channels=[link for row, link in links.items() if not row.is_conversation],
        conversations=[link for row, link in links.items() if row.is_conversation],
        browse_href=place.address(show=Show.BROWSE),
        message_href=place.address(show=Show.MESSAGE),
    )


def _link(row: ChannelRow, title: str, place: Place, *, is_ended: bool) -> RailLink:
    is_current = row.id == place.channel.id
    return RailLink(
        href=address(row, place.team_id),
        label=title,
        icon="check" if is_ended else ICONS[row.kind],
        note=_("incident ended") if is_ended else "",
        is_current=is_current,
        is_unread=bool(row.unread or row.mentions) and not is_current,
        mentions=0 if is_current else row.mentions,
    )


def _topics(actor: Actor, rows: list[ChannelRow], place: Place) -> str:
    """Listen to one's own changes and to every channel but the one that is open anyway."""
    others = [row.id for row in rows if row.id != place.channel.id]
    told = (f"channel:{channel_id}" for channel_id in others)
    read = (f"read:{actor.id}:{channel_id}" for channel_id in others)  # in another tab
    own = (f"user:{actor.id}", f"mentions:{actor.id}")
    return " ".join((*own, f"team:{place.team_id}:incidents", *told, *read))


def _teams(session: Session, actor: Actor, place: Place) -> list[TeamLink]:
    return [
        TeamLink(f"/teams/{team.id}", team.display_name, team.id == place.team_id)
        for team in list_teams_of(session, actor.id)
    ]
