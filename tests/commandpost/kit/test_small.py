"""Paging, text, clock: the small parts that everything stands on."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commandpost.kit.clock import Clock
from commandpost.kit.paging import Page, PageRequest
from commandpost.kit.text import cleaned, fold, is_blank


@pytest.mark.parametrize(
    ("total", "page", "page_count", "has_more"),
    [(0, 0, 0, False), (1, 0, 1, False), (50, 0, 1, False), (51, 0, 2, True), (51, 1, 2, False)],
)
def test_a_page_knows_how_many_there_are(total, page, page_count, has_more):
    made: Page[str] = Page(items=[], total_count=total, request=PageRequest(page=page))

    assert (made.page_count, made.has_more) == (page_count, has_more)


def test_the_third_page_starts_behind_two():
    assert PageRequest(page=2, per_page=20).offset == 40


@pytest.mark.parametrize(
    ("written", "folded"), [("Ziggūràt!", "ziggurat!"), ("STRASSE", "strasse"), ("ß", "ss")]
)
def test_search_sees_neither_case_nor_accents(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ann \t Archer\n", "Ann Archer"),
        ("\u202eann", "ann"),
        ("a\u200bnn", "ann"),
        ("e\u200b\u0301", "é"),
        ("\u200d joined \u200d", "joined"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("\u05e2\u05de", "\u05e2\u05de"),
        ("Jose\u0301", "José"),
        ("<b>%`", "<b>%`"),
    ],
)
def test_names_lose_only_what_cannot_be_seen(typed: str, kept: str) -> None:
    assert cleaned(typed) == kept


@given(st.text())
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    once = cleaned(typed)

    assert cleaned(once) == once


def test_a_letter_has_no_more_marks_than_can_be_put_in_order():
    tower = "x" + "\u0301" * 500 + "\u0327" * 500 + "y\u0301"

    assert cleaned(tower) == "x" + "\u0301" * 30 + "\u00fd"
    assert fold("\u0915" + "\u093e" * 500 + tower) == "\u0915" + "\u093e" * 30 + "xy"


@pytest.mark.parametrize("text", ["", " \n", "\u200b\u200d", "\u3164", "\u0301"])
def test_what_shows_nothing_is_blank(text):
    assert is_blank(text)
    assert not is_blank(f"{text}a")


def test_a_clock_can_be_set_and_let_run():
    clock = Clock()
    noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    clock.set(noon)
    assert clock.now() == noon
    clock.set(lambda: noon)
    assert clock.now() == noon
    clock.reset()
    assert clock.now().tzinfo is UTC
    assert clock.now() != noon
