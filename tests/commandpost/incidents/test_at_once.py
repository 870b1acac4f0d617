"""Two people, or two clicks, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import select

from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.incidents.actions.end import end_incident
from commandpost.incidents.actions.items import check_item, move_item
from commandpost.incidents.actions.start import Started, start_incident
from commandpost.incidents.errors import IncidentNotActive
from commandpost.incidents.models.checklist import ChecklistItem
from commandpost.incidents.queries.timeline import list_timeline
from commandpost.incidents.rules import Happening
from tests.commandpost.incidents.doors import Stage

PLATFORM = BuiltinPlatform()
T = TypeVar("T")


def _at_once(*deeds: Callable[[], T]) -> list[T]:
    with ThreadPoolExecutor(len(deeds)) as pool:
        return [done.result() for done in [pool.submit(deed) for deed in deeds]]


def test_clicks_at_once_start_one_incident(stage: Stage) -> None:
    def click() -> Started:
        with stage.database.transaction() as session:
            return start_incident(
                session,
                PLATFORM,
                stage.people.ben,
                team_id=stage.people.team_id,
                name="Twice",
                key="click",
            )

    started = _at_once(click, click, click)

    assert len({(one.id, one.channel_id) for one in started}) == 1
    assert sorted(one.is_repeated for one in started) == [False, True, True]


def test_moves_and_checks_at_once_hit_the_items_they_name(stage: Stage) -> None:
    wanted = {"a": 2, "b": 1, "c": 0}

    def move(title: str) -> Callable[[], None]:
        def deed() -> None:
            with stage.database.transaction() as session:
                item, position = stage.item_ids[title], wanted[title]
                incident = stage.incident.id
                move_item(session, PLATFORM, stage.people.bea, incident, item, position=position)

        return deed

    def check(title: str) -> Callable[[], None]:
        def deed() -> None:
            with stage.database.transaction() as session:
                item = stage.item_ids[title]
                check_item(session, PLATFORM, stage.people.ben, stage.incident.id, item)

        return deed

    _at_once(move("a"), check("a"), move("c"), check("c"), move("b"))

    with stage.database.reading() as session:
        mine = select(ChecklistItem).where(ChecklistItem.incident_id == stage.incident.id)
        items = {item.title: item for item in session.scalars(mine)}
        noted = list_timeline(session, stage.incident.id)
    assert {title: item.checked for title, item in items.items()} == {
        "a": True,
        "b": False,
        "c": True,
    }
    assert sorted(item.position for item in items.values()) == [0, 1, 2]
    moved = [entry.detail["title"] for entry in noted if entry.kind == Happening.ITEM_MOVED]
    assert items[moved[0]].position == wanted[moved[0]]  # whoever came last


def test_of_two_who_end_it_at_once_one_is_told_that_it_has_ended(stage: Stage) -> None:
    def end() -> str:
        try:
            with stage.database.transaction() as session:
                end_incident(session, PLATFORM, stage.people.ben, stage.incident.id)
        except IncidentNotActive:
            return "ended already"
        return "ended"

    assert sorted(map(str, _at_once(end, end))) == ["ended", "ended already"]
