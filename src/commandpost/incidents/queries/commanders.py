"""Incidents in the order of their commanders' names, which only the chat platform knows."""

from collections.abc import Mapping, Sequence

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.incidents.models.incident import Incident
from commandpost.incidents.queries.many import Filters, conditions, may_list, rows_by_id
from commandpost.incidents.queries.one import Header
from commandpost.kit.paging import Page, PageRequest


def count_by_commander(session: Session, viewer: Actor, filters: Filters) -> dict[str, int]:
    """Return how many of the wanted incidents each commander has."""
    may_list(session, viewer, filters.team_id)
    rows = session.execute(
        select(Incident.commander_user_id, func.count())
        .where(*conditions(session, filters))
        .group_by(Incident.commander_user_id)
    )
    return {row[0]: row[1] for row in rows}


def list_by_commanders(
    session: Session,
    filters: Filters,
    counts: Mapping[str, int],
    order: Sequence[str],
    request: PageRequest,
) -> Page[Header]:
    """Return one page in the order of these commanders, newest first within each.

    Whole commanders before the page are skipped by their counts; none of their rows is read.
    """
    total = sum(counts[user_id] for user_id in order)
    on_page, skipped = _on_page(counts, order, request)
    if not on_page:
        return Page([], total, request)
    place = case(
        {user_id: n for n, user_id in enumerate(on_page)}, value=Incident.commander_user_id
    )
    ids = session.scalars(
        select(Incident.id)
        .where(*conditions(session, filters), Incident.commander_user_id.in_(on_page))
        .order_by(place, Incident.created_at.desc(), Incident.id)
        .limit(request.per_page)
        .offset(request.offset - skipped)
    ).all()
    return Page(rows_by_id(session, ids), total, request)


def _on_page(
    counts: Mapping[str, int], order: Sequence[str], request: PageRequest
) -> tuple[list[str], int]:
    """Return whose incidents stand on the page, and how many stand before those."""
    before, skipped = 0, 0
    found: list[str] = []
    for user_id in order:
        after = before + counts[user_id]
        if after <= request.offset:
            skipped = after
        elif before < request.offset + request.per_page:
            found.append(user_id)
        before = after
    return found, skipped
