"""Which team's backstage somebody looks at: the one in the address, else their first one."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import TeamNotFound
from commandpost.accounts.models import Team
from commandpost.accounts.queries import get_team_for, list_teams_of


def choose_team(session: Session, viewer: Actor, team_id: str) -> tuple[Team, Sequence[Team]]:
    """Return the team and all that can be chosen."""
    teams = list_teams_of(session, viewer.id)
    if team_id:
        return get_team_for(session, viewer, team_id), teams
    if not teams:
        raise TeamNotFound
    return teams[0], teams
