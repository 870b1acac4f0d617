"""Each deed on an item: what it changes, what it records, what it refuses."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.chat.platforms.memory import MemoryPlatform
from commandpost.incidents.actions.checklists import (
    add_checklist,
    remove_checklist,
    rename_checklist,
    restore_checklist,
)
from commandpost.incidents.actions.end import end_incident
from commandpost.incidents.actions.items import (
    add_item,
    check_item,
    move_item,
    remove_item,
    rename_item,
    restore_item,
    uncheck_item,
)
from commandpost.incidents.errors import (
    ChecklistNotFound,
    IncidentNotActive,
    ItemNotFound,
    PositionRefused,
    StaleTitle,
    TooManyItems,
)
from commandpost.incidents.queries.one import list_checklists
from commandpost.incidents.queries.timeline import list_timeline
from commandpost.incidents.told import told
from commandpost.kit.errors import AppError
from commandpost.playbooks.errors import TextRefused
from tests.commandpost.events import recorded
from tests.commandpost.incidents.given import an_incident, checklist_ids, item_ids, titles
from tests.commandpost.incidents.people import People


def _story(session: Session, incident_id: str) -> list[str]:
    session.flush()  # so that the query sees every entry
    return [told(entry.kind, entry.detail) for entry in list_timeline(session, incident_id)][::-1]


def _events(session: Session) -> list[tuple[str, dict[str, object]]]:
    """What was recorded after the playbook and the start."""
    return [
        each for each in recorded(session) if each[0] not in {"CreatePlaybook", "CreateIncident"}
    ]


def test_a_new_item_stands_at_the_end_and_records_one_event(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
    checklist = checklist_ids(session, incident.id)["First"]

    add_item(session, platform, people.ben, incident.id, checklist, title="  d%s `x` <b> ")

    assert titles(session, incident.id) == {"First": ["a", "b", "c", "d%s `x` <b>"]}
    assert _events(session) == [
        (
            "AddChecklistItem",
            {
                "IncidentID": incident.id,
                "UserID": people.ben.id,
                "UserActualID": people.ben.id,
            },
        )
    ]
    assert _story(session, incident.id)[-1] == "added “d%s `x` <b>”"
    assert f"incident:{incident.id}" in session.info["topics"]


@pytest.mark.parametrize(
    ("position", "order"),
    [(0, ["b", "a", "c"]), (1, ["a", "b", "c"]), (2, ["a", "c", "b"]), (None, ["a", "c", "b"])],
)
def test_an_item_moves_so_that_it_stands_at_the_position(
    session: Session,
    people: People,
    platform: MemoryPlatform,
    position: int | None,
    order: list[str],
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    items = item_ids(session, incident.id)

    move_item(session, platform, people.bea, incident.id, items["b"], position=position)

    assert titles(session, incident.id) == {"First": order}
    assert [name for name, _ in _events(session)] == ["MoveChecklistItem"] * (position != 1)


def test_an_item_moves_to_another_checklist_and_both_are_numbered_anew(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(
        session, platform, people.bea, people.team_id, checklists={"A": ["a", "b"], "B": ["c"]}
    )
    lists, items = checklist_ids(session, incident.id), item_ids(session, incident.id)

    move_item(
        session, platform, people.bea, incident.id, items["a"], position=1, checklist_id=lists["B"]
    )
    move_item(
        session,
        platform,
        people.bea,
        incident.id,
        items["b"],
        position=None,
        checklist_id=lists["B"],
    )

    assert titles(session, incident.id) == {"A": [], "B": ["c", "a", "b"]}
    assert _story(session, incident.id)[-2:] == [
        "moved “a” from “A” to “B”",
        "moved “b” from “A” to “B”",
    ]


@pytest.mark.parametrize("position", [-1, 3, 99])
def test_a_position_that_the_list_does_not_have_is_refused(
    session: Session, people: People, platform: MemoryPlatform, position: int
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    items = item_ids(session, incident.id)

    with pytest.raises(PositionRefused, match="0 to 2"):
        move_item(session, platform, people.bea, incident.id, items["a"], position=position)

    assert (titles(session, incident.id), _events(session)) == ({"First": ["a", "b", "c"]}, [])


@pytest.mark.usefixtures("at_noon")
def test_checking_twice_and_unchecking_twice_record_once_each(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
    item = item_ids(session, incident.id)["a"]

    check_item(session, platform, people.ben, incident.id, item)
    check_item(session, platform, people.bea, incident.id, item)
    checked = titles(session, incident.id)
    checker = list_checklists(session, incident.id)[0].items[0].checked_by
    uncheck_item(session, platform, people.bea, incident.id, item)
    uncheck_item(session, platform, people.ben, incident.id, item)

    assert (checked, checker) == ({"First": ["a*", "b", "c"]}, people.ben.id)
    assert titles(session, incident.id) == {"First": ["a", "b", "c"]}
    assert [(name, said["UserID"]) for name, said in _events(session)] == [
        ("CheckChecklistItem", people.ben.id),
        ("UncheckChecklistItem", people.bea.id),
    ]
    assert _story(session, incident.id)[-2:] == ["checked “a”", "unchecked “a”"]
    assert len(platform.bot_posts) == 1  # quiet: a check is not posted


def test_renaming_to_the_same_title_records_nothing(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    item = item_ids(session, incident.id)["a"]

    rename_item(session, platform, people.bea, incident.id, item, title=" a ")
    nothing = _events(session)
    rename_item(session, platform, people.bea, incident.id, item, title="A", was="a")

    assert nothing == []
    assert titles(session, incident.id) == {"First": ["A", "b", "c"]}
    assert [name for name, _ in _events(session)] == ["RenameChecklistItem"]


def test_a_rename_of_what_somebody_renamed_meanwhile_is_refused_with_both_titles(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
    item = item_ids(session, incident.id)["a"]
    rename_item(session, platform, people.ben, incident.id, item, title="Ben's", was="a")

    with pytest.raises(StaleTitle) as refusal:
        rename_item(session, platform, people.bea, incident.id, item, title="Bea's", was="a")

    assert refusal.value.details == {"yours": "Bea's", "stored": "Ben's"}
    assert titles(session, incident.id) == {"First": ["Ben's", "b", "c"]}


@pytest.mark.parametrize("title", ["", "  ", "\u200b", "\u202e", "x" * 257])
def test_a_title_that_cannot_be_read_is_refused_on_adding_and_renaming(
    session: Session, people: People, platform: MemoryPlatform, title: str
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    checklist = checklist_ids(session, incident.id)["First"]
    item = item_ids(session, incident.id)["a"]

    with pytest.raises(TextRefused):
        add_item(session, platform, people.bea, incident.id, checklist, title=title)
    with pytest.raises(TextRefused):
        rename_item(session, platform, people.bea, incident.id, item, title=title)

    assert (titles(session, incident.id), _events(session)) == ({"First": ["a", "b", "c"]}, [])


def test_a_removed_item_comes_back_where_it_was_and_the_undo_is_not_tracked(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    item = item_ids(session, incident.id)["b"]
    check_item(session, platform, people.bea, incident.id, item)

    remove_item(session, platform, people.bea, incident.id, item)
    gone = titles(session, incident.id)
    with pytest.raises(ItemNotFound):
        check_item(session, platform, people.bea, incident.id, item)
    restore_item(session, platform, people.bea, incident.id, item)
    restore_item(session, platform, people.bea, incident.id, item)

    assert gone == {"First": ["a", "c"]}
    assert titles(session, incident.id) == {"First": ["a", "b*", "c"]}
    assert [name for name, _ in _events(session)] == ["CheckChecklistItem", "RemoveChecklistItem"]
    assert _story(session, incident.id)[-2:] == ["removed “b”", "restored “b”"]


def test_whole_checklists_are_added_renamed_removed_and_restored_untracked(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    what = (session, platform, people.bea, incident.id)

    second = add_checklist(*what, title=" Second ")
    rename_checklist(*what, second, title="Second")
    rename_checklist(*what, second, title="After")
    first = checklist_ids(session, incident.id)["First"]
    remove_checklist(*what, first)
    without = titles(session, incident.id)
    restore_checklist(*what, first)
    restore_checklist(*what, first)

    assert without == {"After": []}
    assert titles(session, incident.id) == {"First": ["a", "b", "c"], "After": []}
    assert list(titles(session, incident.id)) == ["First", "After"]
    assert _events(session) == []
    assert _story(session, incident.id)[1:] == [
        "added the checklist “Second”",
        "renamed the checklist “Second” to “After”",
        "removed the checklist “First”",
        "restored the checklist “First”",
    ]


def test_items_of_a_removed_checklist_are_out_of_reach(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    item = item_ids(session, incident.id)["a"]
    first = checklist_ids(session, incident.id)["First"]
    remove_checklist(session, platform, people.bea, incident.id, first)

    with pytest.raises(ChecklistNotFound):
        check_item(session, platform, people.bea, incident.id, item)
    with pytest.raises(ChecklistNotFound):
        add_item(session, platform, people.bea, incident.id, first, title="x")


Deed = Callable[[Session, MemoryPlatform, Actor, str, str, str], object]
DEEDS: dict[str, Deed] = {
    "add": lambda s, p, a, i, c, _: add_item(s, p, a, i, c, title="x"),
    "rename": lambda s, p, a, i, _, item: rename_item(s, p, a, i, item, title="x"),
    "move": lambda s, p, a, i, _, item: move_item(s, p, a, i, item, position=2),
    "check": lambda s, p, a, i, _, item: check_item(s, p, a, i, item),
    "uncheck": lambda s, p, a, i, _, item: uncheck_item(s, p, a, i, item),
    "remove": lambda s, p, a, i, _, item: remove_item(s, p, a, i, item),
    "restore": lambda s, p, a, i, _, item: restore_item(s, p, a, i, item),
    "add a list": lambda s, p, a, i, *_: add_checklist(s, p, a, i, title="x"),
    "rename a list": lambda s, p, a, i, c, _: rename_checklist(s, p, a, i, c, title="x"),
    "remove a list": lambda s, p, a, i, c, _: remove_checklist(s, p, a, i, c),
    "restore a list": lambda s, p, a, i, c, _: restore_checklist(s, p, a, i, c),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_an_ended_incident_refuses_every_edit_and_keeps_what_it_has(
    session: Session, people: People, platform: MemoryPlatform, deed: str
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id)
    checklist = checklist_ids(session, incident.id)["First"]
    item = item_ids(session, incident.id)["a"]
    end_incident(session, platform, people.bea, incident.id)
    before = (titles(session, incident.id), _events(session))

    with pytest.raises(IncidentNotActive, match="ended already"):
        DEEDS[deed](session, platform, people.bea, incident.id, checklist, item)

    assert (titles(session, incident.id), _events(session)) == before


@pytest.mark.parametrize("deed", DEEDS)
def test_deeds_are_for_people_in_the_channel_and_administrators(
    session: Session, people: People, platform: MemoryPlatform, deed: str
) -> None:
    incident = an_incident(session, platform, people.bea, people.team_id, members=(people.ben,))
    checklist = checklist_ids(session, incident.id)["First"]
    item = item_ids(session, incident.id)["a"]

    def outcome(actor: Actor) -> str:
        savepoint = session.begin_nested()
        try:
            DEEDS[deed](session, platform, actor, incident.id, checklist, item)
        except AppError as refusal:
            return type(refusal).__name__
        finally:
            savepoint.rollback()
        return "done"

    who = (people.ann, people.bea, people.ben, people.dan, people.cid)
    assert [outcome(actor) for actor in who] == [
        "done",
        "done",
        "done",
        "NotInChannel",
        "IncidentNotFound",
    ]


@pytest.mark.parametrize("deed", ["rename", "move", "check", "uncheck", "remove", "restore"])
def test_an_item_of_another_incident_is_not_found(
    session: Session, people: People, platform: MemoryPlatform, deed: str
) -> None:
    mine = an_incident(session, platform, people.bea, people.team_id)
    other = an_incident(session, platform, people.bea, people.team_id, name="Other")
    theirs = item_ids(session, other.id)["a"]

    with pytest.raises(ItemNotFound):
        DEEDS[deed](session, platform, people.bea, mine.id, "", theirs)


def test_a_list_of_another_incident_is_not_found(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    mine = an_incident(session, platform, people.bea, people.team_id)
    other = an_incident(session, platform, people.bea, people.team_id, name="Other")
    theirs = checklist_ids(session, other.id)["First"]
    item = item_ids(session, mine.id)["a"]

    for deed in ("add", "rename a list", "remove a list", "restore a list"):
        with pytest.raises(ChecklistNotFound):
            DEEDS[deed](session, platform, people.bea, mine.id, theirs, item)
    with pytest.raises(ChecklistNotFound):
        move_item(session, platform, people.bea, mine.id, item, position=0, checklist_id=theirs)


def test_the_thousand_and_first_item_is_refused(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    full = {"Full": [f"item {n}" for n in range(1000)]}
    incident = an_incident(session, platform, people.bea, people.team_id, checklists=full)
    checklist = checklist_ids(session, incident.id)["Full"]

    with pytest.raises(TooManyItems):
        add_item(session, platform, people.bea, incident.id, checklist, title="one more")


def test_the_fifty_first_checklist_is_refused(
    session: Session, people: People, platform: MemoryPlatform
) -> None:
    full: dict[str, list[str]] = {f"list {n}": [] for n in range(50)}
    incident = an_incident(session, platform, people.bea, people.team_id, checklists=full)

    with pytest.raises(TooManyItems):
        add_checklist(session, platform, people.bea, incident.id, title="one more")
