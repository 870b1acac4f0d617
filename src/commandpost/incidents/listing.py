"""The backstage's list: what its address asks for, and the page that answers it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.platform import Person, Platform
from commandpost.incidents.queries.commanders import count_by_commander, list_by_commanders
from commandpost.incidents.queries.many import (
    Filters,
    list_all,
    list_commander_ids,
    list_incidents,
)
from commandpost.incidents.queries.one import Header
from commandpost.incidents.rules import Order, Sort, Status
from commandpost.incidents.view import nobody
from commandpost.kit.clock import now
from commandpost.kit.paging import Page, PageRequest
from commandpost.kit.text import fold
from commandpost.kit.words import N_, _

PATH = "/backstage/incidents"
E = TypeVar("E", bound=StrEnum)

MOST_ROWS = 100_000
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
HEADINGS = (
    (N_("Name"), Sort.NAME),
    (N_("Status"), Sort.STATUS),
    (N_("Started"), Sort.CREATED),
    (N_("Ended"), Sort.ENDED),
    (N_("Commander"), Sort.COMMANDER),
)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One incident of the list."""

    id: str
    name: str
    href: str
    is_active: bool
    created_at: datetime
    ended_at: datetime | None
    until: datetime
    commander: Person


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of the list, and the address that sorts by it."""

    label: str
    href: str
    direction: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """The incidents of a team, filtered, sorted and paged."""

    team_id: str
    team_name: str
    teams: Sequence[tuple[str, str]]
    search_term: str
    status: str
    commander_user_id: str
    commanders: Sequence[tuple[str, str]]
    sort: str
    order: str
    is_filtered: bool
    reset_href: str
    live_href: str
    topics: str
    csv_href: str
    headings: Sequence[Heading]
    rows: Sequence[ListRow]
    page: int
    page_count: int
    total: int
    previous_href: str
    next_href: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for; what it says wrong counts as not said."""

    filters: Filters
    page: int = 0

    def address(self, path: str = PATH, **changes: str) -> str:
        """Return the address of this, with changes; what is usual is left out."""
        said = {
            "team_id": self.filters.team_id,
            "search_term": self.filters.search_term,
            "status": self.filters.status or "",
            "commander_user_id": self.filters.commander_user_id,
            "sort": self.filters.sort if self.filters.sort is not Sort.CREATED else "",
            "order": self.filters.order if self.filters.order is not Order.DESCENDING else "",
            **changes,
        }
        return f"{path}?{urlencode({name: value for name, value in said.items() if value})}"


def read_asked(
    team_id: str,
    *,
    search_term: str,
    status: str,
    commander_user_id: str,
    sort: str,
    order: str,
    page: int,
) -> Asked:
    """Return what an address says."""
    filters = Filters(
        team_id=team_id,
        status=_known(Status, status),
        commander_user_id=commander_user_id,
        search_term=search_term.strip(),
        sort=_known(Sort, sort) or Sort.CREATED,
        order=_known(Order, order) or Order.DESCENDING,
    )
    return Asked(filters, max(0, page))


def _known(kind: type[E], value: str) -> E | None:
    return kind(value) if value in set(kind) else None


def found_page(
    session: Session, platform: Platform, viewer: Actor, asked: Asked, *, per_page: int = 50
) -> Page[Header]:
    """Return the incidents that were asked for; commanders are sorted by their names."""
    request = PageRequest(asked.page, per_page)
    if asked.filters.sort is not Sort.COMMANDER:
        return list_incidents(session, viewer, asked.filters, request)
    counts = count_by_commander(session, viewer, asked.filters)
    people = platform.people(session, list(counts))
    order = sorted(counts, key=lambda user_id: _by_name(people.get(user_id, nobody()), user_id))
    if asked.filters.order is Order.DESCENDING:
        order.reverse()
    return list_by_commanders(session, asked.filters, counts, order, request)


def _by_name(person: Person, user_id: str) -> tuple[str, str]:
    """Return by what a commander is sorted, in the list as in its file."""
    return fold(person.display_name or person.username), user_id


def list_page(
    session: Session,
    platform: Platform,
    viewer: Actor,
    asked: Asked,
    *,
    team_name: str,
    teams: Sequence[tuple[str, str]],
) -> ListPage:
    """Return the page of the list."""
    found = found_page(session, platform, viewer, asked)
    commander_ids = list_commander_ids(session, viewer, asked.filters.team_id)
    people = platform.people(session, commander_ids)
    filters = asked.filters
    return ListPage(
        team_id=filters.team_id,
        team_name=team_name,
        teams=teams,
        search_term=filters.search_term,
        status=filters.status or "",
        commander_user_id=filters.commander_user_id,
        commanders=_commanders(people),
        sort=filters.sort,
        order=filters.order,
        is_filtered=bool(filters.search_term or filters.status or filters.commander_user_id),
        reset_href=f"{PATH}?{urlencode({'team_id': filters.team_id})}",
        live_href=asked.address(page=str(asked.page) if asked.page else ""),
        topics=f"team:{filters.team_id}:incidents",
        csv_href=asked.address(f"{PATH}/export.csv"),
        headings=[_heading(asked, _(label), sort) for label, sort in HEADINGS],
        rows=[_row(header, people) for header in found.items],
        page=asked.page,
        page_count=found.page_count,
        total=found.total_count,
        previous_href=asked.address(page=str(asked.page - 1)) if asked.page else "",
        next_href=asked.address(page=str(asked.page + 1)) if found.has_more else "",
    )


def file_rows(session: Session, platform: Platform, viewer: Actor, asked: Asked) -> list[ListRow]:
    """Return every row of a list for a file, in its order."""
    headers = list_all(session, viewer, asked.filters, limit=MOST_ROWS)
    people = platform.people(session, [*{header.commander_user_id for header in headers}])
    rows = [_row(header, people) for header in headers]
    return sorted(
        rows, key=_KEYS[asked.filters.sort], reverse=asked.filters.order is Order.DESCENDING
    )


def _commanders(people: dict[str, Person]) -> list[tuple[str, str]]:
    named = [(person.id, person.display_name or person.username) for person in people.values()]
    return [("", _("Everybody")), *sorted(named, key=lambda each: fold(each[1]))]


def _heading(asked: Asked, label: str, sort: Sort) -> Heading:
    """Return a heading; the sorted one turns the order, others begin with what is usual."""
    filters = asked.filters
    usual = Order.ASCENDING if sort in {Sort.NAME, Sort.COMMANDER} else Order.DESCENDING
    turned = Order.ASCENDING if filters.order is Order.DESCENDING else Order.DESCENDING
    is_sorted = filters.sort is sort
    wanted = Asked(replace(filters, sort=sort, order=turned if is_sorted else usual))
    return Heading(label, wanted.address(), filters.order if is_sorted else "")


def _row(header: Header, people: dict[str, Person]) -> ListRow:
    return ListRow(
        id=header.id,
        name=header.name,
        href=f"{PATH}/{header.id}",
        is_active=header.is_active,
        created_at=header.created_at,
        ended_at=header.ended_at,
        until=header.ended_at or now(),
        commander=people.get(header.commander_user_id, nobody()),
    )


_KEYS: dict[Sort, Callable[[ListRow], tuple[str | datetime | bool, ...]]] = {
    Sort.ID: lambda row: (row.id, row.id),
    Sort.NAME: lambda row: (fold(row.name), row.id),
    Sort.COMMANDER: lambda row: _by_name(row.commander, row.commander.id),
    Sort.TEAM: lambda row: ("", row.id),
    Sort.CREATED: lambda row: (row.created_at, row.id),
    Sort.ENDED: lambda row: (row.ended_at or LONG_AGO, row.id),
    Sort.STATUS: lambda row: (row.is_active, row.created_at, row.id),
}
