"""Which language is spoken, and how texts are filled in."""

import pytest

from commandpost.kit.words import (
    ENGLISH,
    N_,
    _,
    gettext,
    language,
    number,
    plural,
    preferred,
    speaking,
)


@pytest.mark.parametrize(
    ("accepted", "wanted"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT", "de"),
        ("DE", "de"),
        ("fr, de;q=0.5, en;q=0.3", "de"),
        ("en;q=0.3, de;q=0.5", "de"),
        ("de;q=0.5,en", "en"),
        ("de, en", "de"),
        ("de;q=0", "en"),
        ("de;q=much", "en"),
        ("*", "en"),
        ("fr", "en"),
        (";;,=;q=,de;q=1", "de"),
    ],
)
def test_the_language_that_is_liked_best_is_spoken(accepted: str, wanted: str) -> None:
    assert preferred(accepted) == wanted


def test_a_language_is_spoken_for_a_while() -> None:
    with speaking("de"):
        inside = language(), _("Saved.")

    assert inside == ("de", "Gespeichert.")
    assert (language(), _("Saved.")) == (ENGLISH, "Saved.")


def test_a_refusal_ends_the_while_too() -> None:
    with pytest.raises(ZeroDivisionError), speaking("de"):
        raise ZeroDivisionError

    assert language() == ENGLISH


def test_texts_are_filled_in_by_name() -> None:
    with speaking("de"):
        german = _("Welcome, %(name)s", name="Ann")

    assert german == "Willkommen, Ann"
    assert _("Welcome, %(name)s", name="100 %") == "Welcome, 100 %"


@pytest.mark.parametrize(("count", "said"), [(0, "0 Punkte"), (1, "1 Punkt"), (2, "2 Punkte")])
def test_a_number_chooses_the_form(count: int, said: str) -> None:
    with speaking("de"):
        assert plural("%(num)s item", "%(num)s items", count) == said


def test_thousands_are_marked_as_the_reader_does() -> None:
    with speaking("de"):
        german = number(1234567)

    assert (number(1234567), german) == ("1,234,567", "1.234.567")


def test_what_is_marked_for_later_is_said_when_it_is_shown() -> None:
    later = N_("Saved.")
    with speaking("de"):
        assert gettext(later) == "Gespeichert."


def test_nothing_is_nothing_in_any_language() -> None:
    with speaking("de"):
        assert _("") == ""
