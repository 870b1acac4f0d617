"""Questions about many incidents: filtered, sorted, paged, counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, UnaryExpression, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.queries import get_team_for, list_teams_of
from commandpost.incidents.errors import TeamRequired
from commandpost.incidents.models.incident import Incident
from commandpost.incidents.queries.one import HEADER, Header, header_of
from commandpost.incidents.rules import Order, Sort, Status, Window, window
from commandpost.kit.paging import Page, PageRequest
from commandpost.kit.text import cleaned, fold


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to and how it is sorted; "" and None mean no filter."""

    team_id: str = ""
    status: Status | None = None
    commander_user_id: str = ""
    search_term: str = ""
    sort: Sort = Sort.CREATED
    order: Order = Order.DESCENDING


SORT_COLUMNS: dict[Sort, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    Sort.ID: Incident.id.concat(""),  # not the key itself: its index covers no filter
    Sort.NAME: Incident.name_folded,
    Sort.COMMANDER: Incident.commander_user_id,
    Sort.TEAM: Incident.team_id,
    Sort.CREATED: Incident.created_at,
    Sort.ENDED: Incident.ended_at,
    Sort.STATUS: Incident.is_active,
}


def list_incidents(
    session: Session, viewer: Actor, filters: Filters, request: PageRequest
) -> Page[Header]:
    """Return one page and the size of the whole; ties are broken by id.

    Three queries whatever is asked: count, ids (both from a covering index alone), rows by id.
    """
    may_list(session, viewer, filters.team_id)
    wanted = conditions(session, filters)
    total = session.scalar(select(func.count()).select_from(Incident).where(*wanted)) or 0
    ids = _ids(session, wanted, filters, window(request.offset, request.per_page, total))
    return Page(rows_by_id(session, ids), total, request)


def _ids(
    session: Session, wanted: list[ColumnElement[bool]], filters: Filters, part: Window
) -> list[str]:
    ascending = (filters.order is Order.ASCENDING) is not part.from_end
    query = select(Incident.id).where(*wanted).order_by(*_order(filters.sort, ascending=ascending))
    found = list(session.scalars(query.limit(part.limit).offset(part.offset)))
    return found[::-1] if part.from_end else found


def rows_by_id(session: Session, ids: Sequence[str]) -> list[Header]:
    """Return the incidents of these ids in their order."""
    rows = session.execute(select(*HEADER).where(Incident.id.in_(ids)))
    found = {row.id: header_of(row) for row in rows}
    return [found[incident_id] for incident_id in ids]


def list_all(session: Session, viewer: Actor, filters: Filters, *, limit: int) -> list[Header]:
    """Return every wanted incident, newest first, for a file."""
    may_list(session, viewer, filters.team_id)
    rows = session.execute(
        select(*HEADER)
        .where(*conditions(session, filters))
        .order_by(Incident.created_at.desc(), Incident.id.desc())
        .limit(limit)
    )
    return [header_of(row) for row in rows]


def list_named(session: Session, viewer: Actor, text: str, *, limit: int) -> list[Header]:
    """Return the incidents that hold a text in their names and that the viewer may know of.

    Ongoing ones come first, then the newest.
    """
    wanted = conditions(session, Filters(search_term=text))
    if not viewer.is_admin:
        wanted.append(Incident.team_id.in_([team.id for team in list_teams_of(session, viewer.id)]))
    order = _order(Sort.STATUS, ascending=False)
    ids = session.scalars(select(Incident.id).where(*wanted).order_by(*order).limit(limit))
    return rows_by_id(session, list(ids))


def list_active(session: Session, team_id: str, *, limit: int = 200) -> Sequence[Header]:
    """Return a team's running incidents, newest first, for its sidebar."""
    rows = session.execute(
        select(*HEADER)
        .where(Incident.team_id == team_id, Incident.is_active.is_(True))
        .order_by(Incident.created_at.desc(), Incident.id.desc())
        .limit(limit)
    )
    return [header_of(row) for row in rows]


def count_active(session: Session, team_id: str) -> int:
    """Return how many incidents of a team are running."""
    running = Incident.team_id == team_id, Incident.is_active.is_(True)
    return session.scalar(select(func.count()).select_from(Incident).where(*running)) or 0


def find_ended(session: Session, channel_ids: Collection[str]) -> Collection[str]:
    """Return those of the channels whose incident has ended."""
    ended = Incident.is_active.is_(False), Incident.channel_id.in_(channel_ids)
    return session.scalars(select(Incident.channel_id).where(*ended)).all()


def has_incidents(session: Session, team_id: str) -> bool:
    """Return whether a team ever had one."""
    return session.scalar(select(exists().where(Incident.team_id == team_id))) is True


def list_commander_ids(session: Session, viewer: Actor, team_id: str) -> list[str]:
    """Return who commands or commanded an incident of the team."""
    get_team_for(session, viewer, team_id)
    return list(
        session.scalars(
            select(Incident.commander_user_id)
            .where(Incident.team_id == team_id)
            .distinct()
            .order_by(Incident.commander_user_id)
        )
    )


def may_list(session: Session, viewer: Actor, team_id: str) -> None:
    """Refuse teams that the viewer may not know of, and all teams to all but administrators."""
    if team_id:
        get_team_for(session, viewer, team_id)
    elif not viewer.is_admin:
        raise TeamRequired


def conditions(session: Session, filters: Filters) -> list[ColumnElement[bool]]:
    """Return what an incident must be to pass the filters."""
    wanted: list[ColumnElement[bool]] = []
    if filters.team_id:
        wanted.append(Incident.team_id == filters.team_id)
    if filters.status is not None:
        wanted.append(Incident.is_active.is_(filters.status is Status.ACTIVE))
    if filters.commander_user_id:
        wanted.append(Incident.commander_user_id == filters.commander_user_id)
    if term := fold(cleaned(filters.search_term)):
        # cheaper than LIKE by a third, and nothing in the term needs escaping
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        found = func.instr if on_sqlite else func.strpos
        wanted.append(found(Incident.name_folded, term) > 0)
    return wanted


def _order(sort: Sort, *, ascending: bool) -> list[UnaryExpression[Any]]:
    """Order by one column and then by id; who has not ended stands as if it ended long ago."""
    within = [Incident.created_at] if sort is Sort.STATUS else []
    columns = [SORT_COLUMNS[sort], *within, Incident.id]
    if ascending:
        return [column.asc().nulls_first() for column in columns]
    return [column.desc().nulls_last() for column in columns]
