"""REST routes of teams: read by their members, changed by administrators."""

from typing import Annotated

from fastapi import APIRouter, Query

from commandpost.accounts.gate import SignedIn
from commandpost.accounts.queries.directory import page_of_teams
from commandpost.accounts.schemas import TeamAnswer, TeamList
from commandpost.kit.paging import DEFAULT_PER_PAGE, MAX_PER_PAGE, PageRequest
from commandpost.kit.web import Db
from commandpost.ui.refusals import refusals

router = APIRouter(prefix="/teams", tags=["teams"])

PageNumber = Annotated[int, Query(ge=0, le=1_000_000, description="Counts from 0.")]
PerPage = Annotated[int, Query(ge=1, le=MAX_PER_PAGE)]


@router.get("", responses=refusals(401, 422))
def get_teams(
    session: Db, actor: SignedIn, page: PageNumber = 0, per_page: PerPage = DEFAULT_PER_PAGE
) -> TeamList:
    """List your teams by name; an administrator sees all of them."""
    found = page_of_teams(session, actor, PageRequest(page, per_page))
    return TeamList(
        items=[TeamAnswer.model_validate(team) for team in found.items],
        total_count=found.total_count,
        page_count=found.page_count,
        has_more=found.has_more,
    )
