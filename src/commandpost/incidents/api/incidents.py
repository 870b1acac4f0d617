"""REST routes of incidents as a whole; items have their own file."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from commandpost.accounts.gate import SignedIn
from commandpost.accounts.queries import get_team
from commandpost.chat.gate import PlatformOf
from commandpost.incidents.actions.commander import change_commander
from commandpost.incidents.actions.end import end_incident, restart_incident
from commandpost.incidents.actions.may import is_inside
from commandpost.incidents.actions.start import start_incident
from commandpost.incidents.answers import DetailsJson, ListJson, json_of
from commandpost.incidents.api.answer import Id, incident_answer, written
from commandpost.incidents.errors import DetailsNotFound
from commandpost.incidents.queries.many import Filters, list_commander_ids, list_incidents
from commandpost.incidents.queries.one import get_header, list_checklists, list_checklists_of
from commandpost.incidents.schemas import (
    CommanderChange,
    CommanderList,
    CommanderShape,
    IncidentDetails,
    IncidentList,
    IncidentQuery,
    IncidentShape,
    NewIncident,
)
from commandpost.kit.edge import Db, database_of
from commandpost.kit.ids import ChannelId
from commandpost.kit.paging import PageRequest
from commandpost.ui.refusals import refusals

router = APIRouter()


@router.post(
    "",
    status_code=201,
    response_model=IncidentShape,
    responses=refusals(400, 401, 403, 404, 409, 413, 422),
)
def post_incident(
    new: NewIncident,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
    idempotency_key: Annotated[str, Header(max_length=128)] = "",
) -> Response:
    """Start an incident; you command it.

    The same `Idempotency-Key` again starts no second one. It is answered as the first time, 201
    with the incident as it is now, and with the header `Idempotent-Replayed: true`.
    """
    started = start_incident(
        session,
        platform,
        actor,
        team_id=new.team_id,
        name=new.name,
        playbook_id=new.playbook_id or "",
        post_id=new.post_id or "",
        key=idempotency_key,
    )
    answer = incident_answer(session, actor, started.id, status=201)
    if started.is_repeated:
        answer.headers["Idempotent-Replayed"] = "true"
    return answer


@router.get("", response_model=IncidentList, responses=refusals(401, 403, 404, 422))
def get_incidents(
    session: Db, actor: SignedIn, query: Annotated[IncidentQuery, Query()]
) -> Response:
    """List incidents of a team, or of all teams for an administrator."""
    filters = Filters(
        team_id=query.team_id,
        status=query.status,
        commander_user_id=query.commander_user_id,
        search_term=query.search_term,
        sort=query.sort,
        order=query.order,
    )
    found = list_incidents(session, actor, filters, PageRequest(query.page, query.per_page))
    checklists = list_checklists_of(session, [header.id for header in found.items])
    return written(
        ListJson(
            items=[json_of(header, checklists.get(header.id, [])) for header in found.items],
            total_count=found.total_count,
            page_count=found.page_count,
            has_more=found.has_more,
        )
    )


@router.get("/commanders", responses=refusals(401, 404, 422))
def get_commanders(
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
    team_id: Annotated[str, Query(max_length=64)],
) -> CommanderList:
    """List who commands or commanded an incident of the team, by user name."""
    people = platform.people(session, list_commander_ids(session, actor, team_id))
    items = [
        CommanderShape(user_id=person.id, username=person.username)
        for person in sorted(people.values(), key=lambda each: each.username)
    ]
    pages = 1 if items else 0
    return CommanderList(items=items, total_count=len(items), page_count=pages, has_more=False)


@router.get("/{incident_id}", response_model=IncidentShape, responses=refusals(401, 404, 422))
async def get_incident(request: Request, incident_id: Id, session: Db, actor: SignedIn) -> Response:
    """Answer one incident with its checklists to the people of its team."""
    if database_of(request).is_sqlite:  # two indexed reads cost less than a hop to a thread
        return incident_answer(session, actor, incident_id)
    return await run_in_threadpool(incident_answer, session, actor, incident_id)


@router.get(
    "/{incident_id}/details", response_model=IncidentDetails, responses=refusals(401, 404, 422)
)
def get_details(incident_id: Id, session: Db, actor: SignedIn, platform: PlatformOf) -> Response:
    """Answer what people in the incident's channel know: members and messages counted."""
    header = get_header(session, actor, incident_id)
    if not is_inside(session, platform, actor, header.channel_id):
        raise DetailsNotFound
    facts = platform.channel_facts(session, ChannelId(header.channel_id))
    incident = json_of(header, list_checklists(session, incident_id))
    return written(
        DetailsJson(
            **msgspec.structs.asdict(incident),
            channel_name=facts.name,
            channel_display_name=facts.display_name,
            team_name=get_team(session, header.team_id).name,
            num_members=facts.num_members,
            total_posts=facts.total_posts,
        )
    )


@router.post(
    "/{incident_id}/end",
    response_model=IncidentShape,
    responses=refusals(401, 403, 404, 409, 422),
)
def post_end(incident_id: Id, session: Db, actor: SignedIn, platform: PlatformOf) -> Response:
    """End an incident; anybody in its channel may."""
    end_incident(session, platform, actor, incident_id)
    return incident_answer(session, actor, incident_id)


@router.post(
    "/{incident_id}/restart",
    response_model=IncidentShape,
    responses=refusals(401, 403, 404, 409, 422),
)
def post_restart(incident_id: Id, session: Db, actor: SignedIn, platform: PlatformOf) -> Response:
    """Make an ended incident ongoing again."""
    restart_incident(session, platform, actor, incident_id)
    return incident_answer(session, actor, incident_id)


@router.post(
    "/{incident_id}/commander",
    response_model=IncidentShape,
    responses=refusals(400, 401, 403, 404, 409, 413, 422),
)
def post_commander(
    incident_id: Id,
    change: CommanderChange,
    session: Db,
    actor: SignedIn,
    platform: PlatformOf,
) -> Response:
    """Hand the incident to somebody in its channel."""
    change_commander(session, platform, actor, incident_id, user_id=change.user_id, was=change.was)
    return incident_answer(session, actor, incident_id)
