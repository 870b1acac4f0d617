"""The sidebar's regions, fetched again when something changed."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn, find_viewer_at_once
from commandpost.accounts.queries import get_team_for
from commandpost.chat.gate import PlatformOf, platform_of
from commandpost.chat.platform import Platform
from commandpost.incidents.actions.may import is_inside
from commandpost.incidents.errors import IncidentNotFound
from commandpost.incidents.place import Place
from commandpost.incidents.queries.one import Header, get_header
from commandpost.incidents.queries.timeline import has_asked_for_access
from commandpost.incidents.sidebar import sidebar_markup
from commandpost.incidents.web.deed import Here, Id, place_of
from commandpost.kit.edge import Db
from commandpost.live.fragments import keep

router = APIRouter()
SIDEBAR = re.compile("/incidents/([a-z0-9]{26})/sidebar")


@router.get("/incidents/{incident_id}/sidebar")
def show_incident(
    request: Request,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
    incident_id: Id,
    here: Here = "",
    team: Here = "",
) -> Response:
    header = _look(request, session, actor, platform, incident_id)
    place = place_of(here, team) or Place(header.channel_id)
    return HTMLResponse(sidebar_markup(request, session, actor, place, header.team_id, header))


def glance(request: Request, session: Session, incident_id: str) -> None:
    """Say as what somebody sees an incident's sidebar, without rendering it."""
    viewer = find_viewer_at_once(request, session)
    if viewer is not None:
        _look(request, session, viewer, platform_of(request), incident_id)


def _look(
    request: Request, session: Session, actor: Actor, platform: Platform, incident_id: str
) -> Header:
    """Return the incident to who may see it, and say with whom they see it alike."""
    header = get_header(session, actor, incident_id)
    inside = is_inside(session, platform, actor, header.channel_id)
    asked = not inside and has_asked_for_access(session, header.id, actor.id)
    keep(
        request,
        viewer_id=actor.id,
        audience="inside" if inside else "asked" if asked else "outside",
        topics=(f"incident:{header.id}",),
    )
    return header


@router.get("/teams/{team_id}/sidebar")
def show_list(
    request: Request, session: Db, actor: SignedIn, team_id: Id, here: Here = "", team: Here = ""
) -> Response:
    get_team_for(session, actor, team_id)
    place = place_of(here, team)
    if place is None:
        raise IncidentNotFound
    return HTMLResponse(sidebar_markup(request, session, actor, place, team_id, None))
