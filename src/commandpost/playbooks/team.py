"""Which team's backstage somebody looks at: the one in the address, else their first one."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.models import Team
from commandpost.accounts.queries import get_team_for, list_teams_of
from commandpost.accounts.queries.directory import page_of_teams
from commandpost.kit.paging import MAX_PER_PAGE, PageRequest
from commandpost.playbooks.errors import NoTeamYet


def choose_team(session: Session, viewer: Actor, team_id: str) -> tuple[Team, Sequence[Team]]:
    """Return the team and all that can be chosen; administrators choose among all there are."""
    own = list_teams_of(session, viewer.id)
    teams = own
    if viewer.is_admin:
        teams = page_of_teams(session, viewer, PageRequest(0, MAX_PER_PAGE)).items
    if team_id:
        return get_team_for(session, viewer, team_id), teams
    if not teams:
        raise NoTeamYet
    return (own or teams)[0], teams
