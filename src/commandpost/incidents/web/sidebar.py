"""The sidebar's regions, fetched again when something changed."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from commandpost.accounts.gate import SignedIn
from commandpost.accounts.queries import get_team_for
from commandpost.chat.gate import PlatformOf
from commandpost.incidents.actions.may import is_inside
from commandpost.incidents.errors import IncidentNotFound
from commandpost.incidents.place import Place
from commandpost.incidents.queries.one import get_header
from commandpost.incidents.queries.timeline import has_asked_for_access
from commandpost.incidents.sidebar import sidebar_markup
from commandpost.incidents.web.deed import Here, Id, place_of
from commandpost.kit.edge import Db
from commandpost.live.fragments import keep

router = APIRouter()


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
    header = get_header(session, actor, incident_id)
    place = place_of(here, team) or Place(header.channel_id)
    inside = is_inside(session, platform, actor, header.channel_id)
    asked = not inside and has_asked_for_access(session, header.id, actor.id)
    keep(
        request,
        viewer_id=actor.id,
        audience="inside" if inside else "asked" if asked else "outside",
        topics=(f"incident:{header.id}",),
    )
    return HTMLResponse(sidebar_markup(request, session, actor, place, header.team_id, header))


@router.get("/teams/{team_id}/sidebar")
def show_list(
    request: Request, session: Db, actor: SignedIn, team_id: Id, here: Here = "", team: Here = ""
) -> Response:
    get_team_for(session, actor, team_id)
    place = place_of(here, team)
    if place is None:
        raise IncidentNotFound
    return HTMLResponse(sidebar_markup(request, session, actor, place, team_id, None))
