"""The list: filtered, sorted, searched, paged, counted, by the same few queries."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.accounts.errors import TeamNotFound
from commandpost.chat.platform import Person
from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.incidents.errors import TeamRequired
from commandpost.incidents.listing import Asked, file_rows, found_page, list_page, read_asked
from commandpost.incidents.models.incident import Incident
from commandpost.incidents.queries.many import Filters, list_commander_ids, list_incidents
from commandpost.incidents.rules import Order, Sort, Status, Window, window
from commandpost.kit.db import Database
from commandpost.kit.ids import new_id
from commandpost.kit.paging import PageRequest
from commandpost.kit.text import fold
from tests.commandpost.counted import counted
from tests.commandpost.incidents.people import People

START = datetime(2026, 11, 1, tzinfo=UTC)
NUMBERS = count()  # ids in the order of making, so that ties have an order too


@dataclass(frozen=True, slots=True)
class Given:
    name: str
    commander: str = "bea"
    ended: int = 0  # hours after the start; 0 is ongoing
    team: str = "demo"


SEVEN = (
    Given("The wild horse", ended=9),
    Given("Horse and pony", "ben"),
    Given("ziggurat!", ended=3),
    Given("Ziggürat!", "ben", ended=5),
    Given("100 % CPU_load"),
    Given("Other team's horse", "cid", team="other"),
    Given("Mail delayed", "ben", ended=1),
)


def _fill(
    session: Session,
    people: People,
    rows: tuple[Given, ...] = SEVEN,
    ids: Iterable[int] = NUMBERS,
) -> None:
    for days, (row, number) in enumerate(zip(rows, ids, strict=False)):
        at = START + timedelta(days=days)
        session.add(
            Incident(
                id=f"{number:026d}",
                name=row.name,
                name_folded=fold(row.name),
                team_id=people.team_id if row.team == "demo" else people.other_team_id,
                channel_id=new_id(),
                is_active=not row.ended,
                commander_user_id=getattr(people, row.commander).id,
                created_at=at,
                ended_at=at + timedelta(hours=row.ended) if row.ended else None,
            )
        )
    session.flush()  # so that queries find them by their ids


def _names(
    session: Session, viewer: Actor, filters: Filters, request: PageRequest | None = None
) -> list[str]:
    found = list_incidents(session, viewer, filters, request or PageRequest())
    return [header.name for header in found.items]


def _asked(people: People, *, sort: str = "", order: str = "") -> Asked:
    return read_asked(
        people.team_id,
        search_term="",
        status="",
        commander_user_id="",
        sort=sort,
        order=order,
        page=0,
    )


NEWEST = [row.name for row in SEVEN[::-1]]
DEMO = [row.name for row in SEVEN[::-1] if row.team == "demo"]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(), NEWEST),
        (Filters("demo", order=Order.ASCENDING), DEMO[::-1]),
        (
            Filters("demo", sort=Sort.NAME, order=Order.ASCENDING),
            [
                *("100 % CPU_load", "Horse and pony", "Mail delayed", "The wild horse"),
                *("ziggurat!", "Ziggürat!"),
            ],
        ),
        (Filters("demo", status=Status.ACTIVE), ["100 % CPU_load", "Horse and pony"]),
        (
            Filters("demo", status=Status.ENDED, sort=Sort.ENDED, order=Order.ASCENDING),
            ["The wild horse", "ziggurat!", "Ziggürat!", "Mail delayed"],
        ),
        (
            Filters("demo", sort=Sort.STATUS, order=Order.DESCENDING),
            [
                *("100 % CPU_load", "Horse and pony"),
                *("Mail delayed", "Ziggürat!", "ziggurat!", "The wild horse"),
            ],
        ),
        (Filters("demo", search_term="HORSE"), ["Horse and pony", "The wild horse"]),
        (Filters(search_term="horse"), ["Other team's horse", "Horse and pony", "The wild horse"]),
        (Filters("demo", search_term="ziggurat"), ["Ziggürat!", "ziggurat!"]),
        (Filters("demo", search_term="ziggūràt"), ["Ziggürat!", "ziggurat!"]),
        (Filters("demo", search_term=" horse "), ["Horse and pony", "The wild horse"]),
        (Filters("demo", search_term="twh"), []),  # initials find nothing
        (Filters("demo", search_term="%"), ["100 % CPU_load"]),
        (Filters("demo", search_term="_"), ["100 % CPU_load"]),
        (Filters("demo", search_term="horse", status=Status.ACTIVE), ["Horse and pony"]),
        (Filters("demo", search_term="nothing"), []),
    ],
)
def test_a_list_holds_what_its_filters_say(
    session: Session, people: People, filters: Filters, names: list[str]
) -> None:
    _fill(session, people)
    wanted = replace(filters, team_id=people.team_id if filters.team_id else "")

    assert _names(session, people.ann, wanted) == names


def test_a_commander_filters_too(session: Session, people: People) -> None:
    _fill(session, people)
    filters = Filters(people.team_id, commander_user_id=people.ben.id, search_term="horse")

    assert _names(session, people.dan, filters) == ["Horse and pony"]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("per_page", [1, 3, 4, 200])
def test_pages_put_together_are_the_whole_list(
    session: Session, people: People, sort: Sort, order: Order, per_page: int
) -> None:
    _fill(session, people)
    filters = Filters(people.team_id, sort=sort, order=order)
    whole = _names(session, people.dan, filters)
    first = list_incidents(session, people.dan, filters, PageRequest(0, per_page))

    pages = [
        _names(session, people.dan, filters, PageRequest(page, per_page))
        for page in range(first.page_count + 1)
    ]

    assert [name for page in pages for name in page] == whole
    assert (first.total_count, first.has_more, pages[-1]) == (6, per_page < 6, [])


@pytest.mark.parametrize(
    ("offset", "per_page", "total", "part"),
    [
        (0, 50, 0, Window(0, 0)),
        (0, 50, 7, Window(7, 0)),
        (0, 3, 7, Window(3, 0)),
        (3, 3, 7, Window(3, 3)),
        (6, 3, 7, Window(1, 0, from_end=True)),
        (4, 2, 7, Window(2, 1, from_end=True)),
        (9, 3, 7, Window(0, 0)),
    ],
)
def test_late_pages_are_read_from_the_end(
    offset: int, per_page: int, total: int, part: Window
) -> None:
    assert window(offset, per_page, total) == part


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("per_page", [1, 2, 5, 50])
def test_the_backstage_sorts_by_the_names_of_commanders(
    session: Session, people: People, platform: MemoryPlatform, order: Order, per_page: int
) -> None:
    _fill(session, people)
    asked = _asked(people, sort=Sort.COMMANDER, order=order)

    pages = [
        found_page(session, platform, people.dan, replace(asked, page=page), per_page=per_page)
        for page in range(8)
    ]

    beas = ["100 % CPU_load", "ziggurat!", "The wild horse"]
    bens = ["Mail delayed", "Ziggürat!", "Horse and pony"]
    expected = beas + bens if order is Order.ASCENDING else bens + beas
    assert [header.name for page in pages for header in page.items] == expected
    assert {page.total_count for page in pages} == {6}


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("sort", Sort)
def test_a_file_has_the_order_of_the_list(
    session: Session, people: People, platform: MemoryPlatform, sort: Sort, order: Order
) -> None:
    _fill(session, people, ids=count(10**9, -1))  # ids tell nothing of what came first
    platform.persons[people.bea.id] = Person(people.bea.id, "bea", "")
    platform.persons[people.ben.id] = Person(people.ben.id, "ben", "Abe")
    asked = _asked(people, sort=sort, order=order)

    rows = file_rows(session, platform, people.dan, asked)

    shown = found_page(session, platform, people.dan, asked).items
    assert [row.id for row in rows] == [header.id for header in shown]


def test_what_an_address_says_wrong_counts_as_not_said() -> None:
    asked = read_asked(
        "t", search_term=" x ", status="foo", commander_user_id="", sort="?", order="?", page=-3
    )

    assert asked.filters == Filters("t", search_term="x")
    assert (asked.page, asked.address()) == (0, "/backstage/incidents?team_id=t&search_term=x")


def test_a_member_lists_the_team_a_stranger_and_all_teams_are_refused(
    session: Session, people: People
) -> None:
    _fill(session, people)

    assert len(_names(session, people.dan, Filters(people.team_id))) == 6
    assert len(_names(session, people.ann, Filters(people.other_team_id))) == 1
    with pytest.raises(TeamNotFound):
        _names(session, people.cid, Filters(people.team_id))
    with pytest.raises(TeamNotFound):
        _names(session, people.ann, Filters("nothing"))
    with pytest.raises(TeamRequired):
        _names(session, people.dan, Filters())


def test_commanders_are_unique_per_team(session: Session, people: People) -> None:
    _fill(session, people)

    found = list_commander_ids(session, people.dan, people.team_id)

    assert sorted(found) == sorted([people.bea.id, people.ben.id])


@pytest.mark.parametrize("sort", ["", "commander_user_id"])
def test_one_row_and_fifty_rows_take_the_same_queries(
    database: Database, session: Session, people: People, platform: MemoryPlatform, sort: str
) -> None:
    def queries() -> int:
        asked = _asked(people, sort=sort)
        with counted(database) as seen:
            list_page(session, platform, people.dan, asked, team_name="demo", teams=())
        return len(seen)

    _fill(session, people, (Given("one"),))
    one = queries()
    _fill(session, people, tuple(Given(f"more {n}", "ben") for n in range(49)))

    assert queries() == one
