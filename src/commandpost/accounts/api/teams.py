"""REST routes of teams: read by their members, changed by administrators."""

from fastapi import APIRouter, Response

from commandpost.accounts.actions.teams import (
    add_to_team,
    change_team,
    create_team,
    remove_from_team,
)
from commandpost.accounts.api.asked import Id, PageNumber, PerPage, whole
from commandpost.accounts.gate import Administrator, SignedIn
from commandpost.accounts.queries import get_team, get_team_for
from commandpost.accounts.queries.directory import page_of_members, page_of_teams
from commandpost.accounts.schemas import (
    NewTeam,
    PersonAnswer,
    PersonList,
    TeamAnswer,
    TeamChange,
    TeamList,
)
from commandpost.kit.edge import Db
from commandpost.kit.paging import DEFAULT_PER_PAGE, PageRequest
from commandpost.ui.refusals import refusals

router = APIRouter(prefix="/teams", tags=["teams"])


@router.get("", responses=refusals(401, 422))
def get_teams(
    session: Db, actor: SignedIn, page: PageNumber = 0, per_page: PerPage = DEFAULT_PER_PAGE
) -> TeamList:
    """List your teams by name; an administrator sees all of them."""
    found = page_of_teams(session, actor, PageRequest(page, per_page))
    items = [TeamAnswer.model_validate(team) for team in found.items]
    return TeamList(items=items, **whole(found))


@router.post("", status_code=201, responses=refusals(400, 401, 403, 409, 413, 422))
def post_team(new: NewTeam, session: Db, actor: Administrator) -> TeamAnswer:
    """Make a team with nobody in it."""
    team_id = create_team(session, actor, name=new.name, display_name=new.display_name)
    return TeamAnswer.model_validate(get_team(session, team_id))


@router.get("/{team_id}", responses=refusals(401, 404, 422))
def get_one_team(team_id: Id, session: Db, actor: SignedIn) -> TeamAnswer:
    """Answer a team that you are in, or any to an administrator."""
    return TeamAnswer.model_validate(get_team_for(session, actor, team_id))


@router.patch("/{team_id}", responses=refusals(400, 401, 403, 404, 409, 413, 422))
def patch_team(team_id: Id, change: TeamChange, session: Db, actor: Administrator) -> TeamAnswer:
    """Rename a team, or say whether checks and edits are posted; its short name stays."""
    change_team(session, actor, team_id, **change.model_dump())
    return TeamAnswer.model_validate(get_team(session, team_id))


@router.get("/{team_id}/members", responses=refusals(401, 404, 422))
def get_members(
    team_id: Id,
    session: Db,
    actor: SignedIn,
    page: PageNumber = 0,
    per_page: PerPage = DEFAULT_PER_PAGE,
) -> PersonList:
    """List the active people of a team by user name."""
    get_team_for(session, actor, team_id)
    found = page_of_members(session, team_id, PageRequest(page, per_page))
    items = [PersonAnswer.model_validate(user) for user in found.items]
    return PersonList(items=items, **whole(found))


@router.put("/{team_id}/members/{user_id}", status_code=204, responses=refusals(401, 403, 404, 422))
def put_member(team_id: Id, user_id: Id, session: Db, actor: Administrator) -> Response:
    """Put somebody in a team; nothing happens when they are in it."""
    add_to_team(session, actor, team_id, user_id)
    return Response(status_code=204)


@router.delete(
    "/{team_id}/members/{user_id}", status_code=204, responses=refusals(401, 403, 404, 422)
)
def delete_member(team_id: Id, user_id: Id, session: Db, actor: Administrator) -> Response:
    """Take somebody out of a team; nothing happens when they are not in it."""
    remove_from_team(session, actor, team_id, user_id)
    return Response(status_code=204)
