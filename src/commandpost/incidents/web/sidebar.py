"""The sidebar's regions, fetched again when something changed."""

import re
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.gate import SignedIn, find_viewers_at_once
from commandpost.accounts.queries import get_team_for, who_may_see_team
from commandpost.chat.gate import PlatformOf, platform_of
from commandpost.chat.platform import Platform
from commandpost.incidents.actions.may import who_is_inside
from commandpost.incidents.errors import IncidentNotFound
from commandpost.incidents.place import Place
from commandpost.incidents.queries.one import Header, find_header, get_header
from commandpost.incidents.queries.timeline import list_access_requests
from commandpost.incidents.sidebar import sidebar_markup
from commandpost.incidents.view import side_topics
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
    header = get_header(session, actor, incident_id)
    _keep(session, platform, header, [(request, actor)])
    place = place_of(here, team) or Place(header.channel_id)
    return HTMLResponse(sidebar_markup(request, session, actor, place, header.team_id, header))


def glance(requests: Sequence[Request], session: Session, incident_id: str) -> None:
    """Say as what many see an incident's sidebar, in a handful of reads and without rendering."""
    header = find_header(session, incident_id)
    viewers = find_viewers_at_once(requests, session)
    if header is None or not viewers:
        return
    allowed = who_may_see_team(session, [actor for _, actor in viewers], header.team_id)
    seeing = [(request, actor) for request, actor in viewers if actor.id in allowed]
    _keep(session, platform_of(requests[0]), header, seeing)


def _keep(
    session: Session, platform: Platform, header: Header, seeing: Sequence[tuple[Request, Actor]]
) -> None:
    """Say with whom each of those who may see the incident sees it alike."""
    inside = who_is_inside(session, platform, [actor for _, actor in seeing], header.channel_id)
    asked = set(list_access_requests(session, header.id))
    for request, actor in seeing:
        keep(
            request,
            viewer_id=actor.id,
            audience=_audience(inside=actor.id in inside, asked=actor.id in asked),
            topics=side_topics(header),
        )


def _audience(*, inside: bool, asked: bool) -> str:
    return "inside" if inside else "asked" if asked else "outside"


@router.get("/teams/{team_id}/sidebar")
def show_list(
    request: Request, session: Db, actor: SignedIn, team_id: Id, here: Here = "", team: Here = ""
) -> Response:
    get_team_for(session, actor, team_id)
    place = place_of(here, team)
    if place is None:
        raise IncidentNotFound
    return HTMLResponse(sidebar_markup(request, session, actor, place, team_id, None))
