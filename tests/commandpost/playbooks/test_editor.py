"""The editor's form: what it sends becomes a draft, its buttons change the draft."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandpost.playbooks.editor import (
    Draft,
    changed,
    new_draft,
    read_draft,
    without_blanks,
)
from commandpost.playbooks.rules import ChecklistDraft, ItemDraft

A, B, C = ItemDraft("a", "1"), ItemDraft("b", "2"), ItemDraft("c", "3")
TWO = Draft("Outage", (ChecklistDraft("X", (A, B), "x"), ChecklistDraft("Y", (C,), "y")), 4)


def _new_id() -> str:
    return "new"


def _fields(draft: Draft) -> list[tuple[str, str]]:
    fields = [("version", str(draft.version)), ("title", draft.title)]
    for checklist in draft.checklists:
        fields += [("checklist", checklist.id), ("checklist_title", checklist.title)]
        for item in checklist.items:
            fields += [("item", item.id), ("item_title", item.title)]
    return fields


texts = st.text(max_size=8)
drafts = st.builds(
    Draft,
    texts,
    st.lists(
        st.builds(
            ChecklistDraft,
            texts,
            st.lists(st.builds(ItemDraft, texts, texts), max_size=3).map(tuple),
            texts,
        ),
        max_size=3,
    ).map(tuple),
    st.integers(min_value=0, max_value=999_999_999),
)


@given(drafts)
def test_what_the_form_shows_is_what_it_sends_back(draft: Draft) -> None:
    assert read_draft(_fields(draft)) == draft


def test_the_order_of_the_page_is_the_order_of_the_draft() -> None:
    fields = _fields(TWO)
    dragged = [*fields[:4], *fields[6:10], *fields[4:6], *fields[10:]]

    assert [[i.title for i in each.items] for each in read_draft(dragged).checklists] == [
        ["b"],
        ["a", "c"],
    ]


def test_fields_that_belong_nowhere_and_odd_versions_are_ignored() -> None:
    fields = [("item", "1"), ("item_title", "lost"), ("version", "x"), ("colour", "red")]

    assert read_draft(fields) == Draft("", ())
    assert read_draft([("checklist", ""), ("item_title", "lost")]) == Draft(
        "", (ChecklistDraft(""),)
    )


@pytest.mark.parametrize(
    ("button", "lists"),
    [
        ("up:2", {"X": "ba", "Y": "c"}),
        ("up:1", {"X": "ab", "Y": "c"}),
        ("down:1", {"X": "ba", "Y": "c"}),
        ("down:2", {"X": "ab", "Y": "c"}),
        ("end:1", {"X": "ba", "Y": "c"}),
        ("end:2", {"X": "ab", "Y": "c"}),
        ("start:2", {"X": "ba", "Y": "c"}),
        ("start:y", {"Y": "c", "X": "ab"}),
        ("remove:1", {"X": "b", "Y": "c"}),
        ("remove:x", {"Y": "c"}),
        ("down:x", {"Y": "c", "X": "ab"}),
        ("up:y", {"Y": "c", "X": "ab"}),
        ("remove:nothing", {"X": "ab", "Y": "c"}),
        ("explode:1", {"X": "ab", "Y": "c"}),
        ("", {"X": "ab", "Y": "c"}),
    ],
)
def test_buttons_change_what_they_name(button: str, lists: dict[str, str]) -> None:
    draft = changed(TWO, button, _new_id)

    shown = {each.title: "".join(i.title for i in each.items) for each in draft.checklists}
    assert (shown, list(shown)) == (lists, list(lists))


def test_added_things_have_an_id_while_they_are_edited() -> None:
    ids = (f"new {number}" for number in count())

    draft = changed(TWO, "add-checklist", lambda: next(ids))
    draft = changed(draft, "add-item:new 0", lambda: next(ids))

    assert draft.checklists[2] == ChecklistDraft("", (ItemDraft("", "new 1"),), "new 0")


def test_a_new_playbook_begins_with_one_checklist_and_blank_items_are_not_saved() -> None:
    draft = new_draft(_new_id)

    assert without_blanks(draft) == Draft("", (ChecklistDraft("Checklist", (), "new"),))
