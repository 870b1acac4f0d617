"""What incidents put into the workspace of the chat: the sidebar and entries of the rail."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from markupsafe import Markup
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import may_see_team
from commandpost.chat.gate import platform_of
from commandpost.chat.platform import Unread
from commandpost.chat.workspace import RailPart
from commandpost.incidents.errors import IncidentNotFound
from commandpost.incidents.listing import PATH
from commandpost.incidents.place import Place
from commandpost.incidents.queries.many import count_active, find_ended, list_active
from commandpost.incidents.queries.one import Header, find_header_of_channel, get_header
from commandpost.incidents.rail import RailEntries, RailEntry
from commandpost.incidents.rules import Status
from commandpost.incidents.view import incident_side, list_side
from commandpost.kit.ids import ChannelId, TeamId
from commandpost.ui.render import block

REGION = "incident_sidebar"


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a commander who leaves is told: which incident, and where to hand it over."""

    name: str
    is_commander: bool
    commander_href: str
    href: str
    topics: str


class IncidentWorkspace:
    """Implements `chat.workspace.Workspace`."""

    def sidebar(
        self,
        request: Request,
        session: Session,
        actor: Actor,
        team_id: TeamId,
        channel_id: ChannelId,
    ) -> Markup:
        """Return what the address asks for: one incident, the list, or this channel's incident."""
        place = Place(channel_id, request.query_params.get("team", "")[:26])
        header = _asked_for(request, session, actor, channel_id)
        return sidebar_markup(request, session, actor, place, team_id, header)

    def rail(
        self,
        request: Request,
        session: Session,
        actor: Actor,
        team_id: TeamId,
        channel_id: ChannelId,
    ) -> RailPart:
        """Return the ongoing incidents whose channels the actor is in, and the number of others."""
        own = platform_of(request).own_channels(session, actor, team_id)
        running = {
            ChannelId(each.channel_id): each.name
            for each in list_active(session, team_id)
            if each.channel_id in own
        }
        entries = [
            _rail_entry(each, name, own[each], is_current=each == channel_id)
            for each, name in running.items()
        ]
        sees = may_see_team(session, actor, team_id)
        shown = RailEntries(
            entries,
            more=count_active(session, team_id) - len(entries) if sees else 0,
            more_href=f"{PATH}?{urlencode({'team_id': team_id, 'status': Status.ACTIVE})}",
        )
        markup = block("incidents/rail.html", "incident_rail", page=shown, request=request)
        ended = find_ended(session, own)
        return RailPart(markup, frozenset(running), frozenset(ended))

    def leaving(
        self, request: Request, session: Session, actor: Actor, channel_id: ChannelId
    ) -> Markup:
        """Offer the commander of a running incident to hand over command first."""
        header = find_header_of_channel(session, channel_id)
        if header is None:
            return Markup()
        shown = Leaving(
            header.name,
            is_commander=header.is_active and header.commander_user_id == actor.id,
            commander_href=Place(channel_id).fragment(f"/incidents/{header.id}/commander"),
            href=f"/channels/{channel_id}/leave",
            topics=f"incident:{header.id}",
        )
        return block("incidents/leaving.html", "leaving", page=shown, request=request)

    def outside(self, session: Session, actor: Actor, channel_id: str) -> str:
        """Lead team mates to the incident's page, where they can ask to come in."""
        header = find_header_of_channel(session, channel_id)
        if header is None or not may_see_team(session, actor, header.team_id):
            return ""
        return f"/backstage/incidents/{header.id}"


def _rail_entry(channel_id: ChannelId, name: str, unread: Unread, *, is_current: bool) -> RailEntry:
    """Return an incident as the rail shows it; nothing is unread where one looks."""
    return RailEntry(
        href=f"/channels/{channel_id}",
        name=name,
        is_current=is_current,
        is_unread=bool(unread.posts or unread.mentions) and not is_current,
        mentions=0 if is_current else unread.mentions,
    )


def sidebar_markup(
    request: Request,
    session: Session,
    actor: Actor,
    place: Place,
    team_id: str,
    header: Header | None,
) -> Markup:
    """Return the sidebar's region for one incident, or for the team's list."""
    platform = platform_of(request)
    if header is not None:
        side = incident_side(session, platform, actor, header, place)
        return block("incidents/sidebar_incident.html", REGION, page=side, request=request)
    listed = list_side(session, platform, actor, team_id, place)
    return block("incidents/sidebar_list.html", REGION, page=listed, request=request)


def _asked_for(request: Request, session: Session, actor: Actor, channel_id: str) -> Header | None:
    asked = request.query_params.get("incident", "")
    if asked:
        try:
            return get_header(session, actor, asked)
        except IncidentNotFound:
            return None
    if request.query_params.get("sidebar") == "list":
        return None
    here = find_header_of_channel(session, channel_id)
    return here if here and may_see_team(session, actor, here.team_id) else None
