"""Each deed on a playbook: who may, what it changes, what it records."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from commandpost.accounts.actor import Actor
from commandpost.kit.clock import clock
from commandpost.kit.errors import AppError
from commandpost.playbooks.actions.create import create_playbook, duplicate_playbook
from commandpost.playbooks.actions.delete import delete_playbook, restore_playbook
from commandpost.playbooks.actions.update import update_playbook
from commandpost.playbooks.errors import (
    PlaybookNotFound,
    StalePlaybook,
    TextRefused,
    TooMuch,
)
from commandpost.playbooks.queries import get_playbook, list_playbook_headers
from commandpost.playbooks.rules import ChecklistDraft, ItemDraft
from tests.commandpost.events import recorded
from tests.commandpost.playbooks.conftest import People
from tests.commandpost.playbooks.given import FIRST, a_playbook


def _titles(session: Session, viewer: Actor, playbook_id: str) -> dict[str, list[str]]:
    return {
        checklist.title: [item.title for item in checklist.items]
        for checklist in get_playbook(session, viewer, playbook_id).checklists
    }


def test_a_member_makes_a_playbook_with_several_checklists(
    session: Session, people: People
) -> None:
    made = a_playbook(session, people.ben, people.team_id)

    assert _titles(session, people.ben, made) == {
        "First fifteen minutes": ["Page the on-call", "Look"],
        "Afterwards": ["Write the customer note"],
    }
    assert recorded(session) == [
        (
            "CreatePlaybook",
            {
                "PlaybookID": made,
                "TeamID": people.team_id,
                "NumChecklists": 2,
                "TotalChecklistItems": 3,
            },
        )
    ]


def test_a_playbook_without_checklists_is_a_playbook(session: Session, people: People) -> None:
    made = a_playbook(session, people.ben, people.team_id, checklists=())

    assert get_playbook(session, people.ben, made).checklists == ()


def test_an_update_keeps_what_it_names_by_id_and_makes_the_rest(
    session: Session, people: People
) -> None:
    made = a_playbook(session, people.ben, people.team_id)
    first, after = get_playbook(session, people.ben, made).checklists

    update_playbook(
        session,
        people.ben,
        made,
        title="Outage",
        checklists=(
            ChecklistDraft("After", (first.items[1], *after.items, ItemDraft("New")), after.id),
            ChecklistDraft("First", (), first.id),
        ),
    )
    session.flush()  # so that the ids below are the stored ones

    stored = get_playbook(session, people.ben, made)
    assert (stored.title, stored.version) == ("Outage", 2)
    assert [(each.id, each.title) for each in stored.checklists] == [
        (after.id, "After"),
        (first.id, "First"),
    ]
    moved = stored.checklists[0].items
    assert moved[:2] == (first.items[1], *after.items)
    assert (moved[2].title, len(moved[2].id)) == ("New", 26)
    assert recorded(session)[-1] == (
        "UpdatePlaybook",
        {
            "PlaybookID": made,
            "TeamID": people.team_id,
            "NumChecklists": 2,
            "TotalChecklistItems": 3,
        },
    )


def test_an_id_that_is_not_of_this_playbook_is_not_taken_over(
    session: Session, people: People
) -> None:
    mine = a_playbook(session, people.ben, people.team_id)
    other = a_playbook(session, people.ben, people.team_id, title="Other")
    theirs = get_playbook(session, people.ben, other).checklists

    update_playbook(session, people.ben, mine, title="Mine", checklists=theirs)
    session.flush()  # so that both can be read

    assert get_playbook(session, people.ben, other).checklists == theirs
    assert _titles(session, people.ben, mine) == _titles(session, people.ben, other)
    assert get_playbook(session, people.ben, mine).checklists[0].id != theirs[0].id


def test_saving_what_is_there_already_records_nothing(session: Session, people: People) -> None:
    made = a_playbook(session, people.ben, people.team_id)
    stored = get_playbook(session, people.ben, made)

    update_playbook(
        session, people.ben, made, title=stored.title, checklists=stored.checklists, version=1
    )

    assert [name for name, _ in recorded(session)] == ["CreatePlaybook"]
    assert get_playbook(session, people.ben, made) == stored


def test_a_save_whose_answer_was_lost_may_be_sent_again(session: Session, people: People) -> None:
    made = a_playbook(session, people.ben, people.team_id, checklists=())
    wanted = (ChecklistDraft("First", (ItemDraft("Page somebody"),)),)

    for _ in range(2):
        update_playbook(session, people.ben, made, title="Mail", checklists=wanted, version=1)

    assert [name for name, _ in recorded(session)] == ["CreatePlaybook", "UpdatePlaybook"]
    assert get_playbook(session, people.ben, made).version == 2


def test_a_stale_save_is_refused_with_both_versions(session: Session, people: People) -> None:
    made = a_playbook(session, people.ben, people.team_id, checklists=())
    update_playbook(session, people.ann, made, title="Hers", checklists=(), version=1)

    with pytest.raises(StalePlaybook) as refusal:
        update_playbook(session, people.ben, made, title="His", checklists=(), version=1)

    assert refusal.value.details == {
        "yours": {"version": 1, "title": "His", "checklists": []},
        "stored": {"version": 2, "title": "Hers", "checklists": []},
    }
    session.flush()  # so that the title is read as stored
    assert get_playbook(session, people.ben, made).title == "Hers"


def test_a_deleted_playbook_is_gone_and_can_be_restored(session: Session, people: People) -> None:
    made = a_playbook(session, people.ben, people.team_id)
    before = get_playbook(session, people.ben, made)

    delete_playbook(session, people.ben, made)
    session.flush()  # so that it is gone for the query

    with pytest.raises(PlaybookNotFound):
        get_playbook(session, people.ben, made)
    assert list_playbook_headers(session, people.ben, people.team_id) == []
    assert recorded(session)[-1] == (
        "DeletePlaybook",
        {
            "PlaybookID": made,
            "TeamID": people.team_id,
            "NumChecklists": 2,
            "TotalChecklistItems": 3,
        },
    )

    restore_playbook(session, people.ben, made)
    session.flush()  # so that it is back for the query

    assert get_playbook(session, people.ben, made) == before
    assert [name for name, _ in recorded(session)] == ["CreatePlaybook", "DeletePlaybook"]


@pytest.mark.usefixtures("at_noon")
def test_what_was_deleted_long_ago_is_forgotten(
    session: Session, people: People, at_noon: datetime
) -> None:
    old = a_playbook(session, people.ben, people.team_id)
    new = a_playbook(session, people.ben, people.team_id)
    delete_playbook(session, people.ben, old)
    clock.set(at_noon + timedelta(days=31))

    delete_playbook(session, people.ben, new)

    with pytest.raises(PlaybookNotFound):
        restore_playbook(session, people.ben, old)


def test_a_duplicate_says_the_same_under_ids_of_its_own(session: Session, people: People) -> None:
    made = a_playbook(session, people.ben, people.team_id, title="x" * 128)

    copy = duplicate_playbook(session, people.ben, made)
    session.flush()  # so that it can be read

    original, second = (get_playbook(session, people.ben, each) for each in (made, copy))
    assert second.title == "x" * 121 + " (copy)"
    assert _titles(session, people.ben, copy) == _titles(session, people.ben, made)
    assert {each.id for each in original.checklists} & {each.id for each in second.checklists} == (
        set()
    )


@pytest.mark.parametrize(
    ("title", "checklists", "refusal"),
    [
        ("  ", (), TextRefused),
        ("\u200b\u202e", (), TextRefused),
        ("x" * 129, (), TextRefused),
        ("Fine", (ChecklistDraft(" "),), TextRefused),
        ("Fine", (ChecklistDraft("Fine", (ItemDraft("\u3164"),)),), TextRefused),
        ("Fine", (ChecklistDraft("Fine", (ItemDraft("x" * 257),)),), TextRefused),
        ("Fine", (ChecklistDraft("Fine", (ItemDraft("x"),) * 10_000),), TooMuch),
        ("Fine", (FIRST,) * 51, TooMuch),
    ],
)
def test_bad_titles_and_too_much_are_refused_and_nothing_is_kept(
    session: Session,
    people: People,
    title: str,
    checklists: tuple[ChecklistDraft, ...],
    refusal: type[AppError],
) -> None:
    with pytest.raises(refusal):
        create_playbook(
            session, people.ben, team_id=people.team_id, title=title, checklists=checklists
        )

    assert list_playbook_headers(session, people.ben, people.team_id) == []
    assert recorded(session) == []
