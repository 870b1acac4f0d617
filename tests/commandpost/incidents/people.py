"""Bea starts incidents, Ben joins them, Dan is of the team only, Cid of another one."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from tests.commandpost.accounts import given


@dataclass(frozen=True, slots=True)
class People:
    """Everybody who tries things; Ann administers the server and is in no team."""

    team_id: str
    other_team_id: str
    ann: Actor
    bea: Actor
    ben: Actor
    dan: Actor
    cid: Actor


def make_people(session: Session) -> People:
    """Make them and their teams."""
    team, other = given.a_team(session, "demo"), given.a_team(session, "other")
    return People(
        team,
        other,
        ann=given.an_actor(session, "ann", is_admin=True),
        bea=given.an_actor(session, "bea", teams=[team]),
        ben=given.an_actor(session, "ben", teams=[team]),
        dan=given.an_actor(session, "dan", teams=[team]),
        cid=given.an_actor(session, "cid", teams=[other]),
    )
