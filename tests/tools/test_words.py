"""The check of catalogues finds what is missing, left over or untrue."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import words

SOURCE = """
from somewhere import N_, _, plural
LATER = N_("Later.")
SAID = _("Said to %(name)s.", name="you")
COUNTED = plural("%(num)s thing", "%(num)s things", 2)
"""
PAGE = '<p>{{ _("Shown") }}</p>{% trans name="x" %}\n  Put <b>in</b>\n  {{ name }}\n{% endtrans %}'


@pytest.fixture
def said(tmp_path: Path) -> Catalog:
    (tmp_path / "a.py").write_text(SOURCE, "utf-8")
    page = tmp_path / "x" / "templates" / "x" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text(PAGE, "utf-8")
    return words.found_in(tmp_path)


@pytest.fixture
def kept(said: Catalog) -> Catalog:
    """A catalogue in which all is well."""
    made = Catalog(locale="de")
    made.update(said)
    made["Later."].string = "Später."
    made["Said to %(name)s."].string = "Zu %(name)s gesagt."
    made["%(num)s thing"].string = ("%(num)s Ding", "%(num)s Dinge")
    made["Shown"].string = "Gezeigt"
    made["Put <b>in</b> %(name)s"].string = "%(name)s <b>eingesetzt</b>"
    return made


def test_python_and_templates_are_read(said: Catalog) -> None:
    assert {message.id for message in said if message.id} == {
        "Later.",
        "Said to %(name)s.",
        ("%(num)s thing", "%(num)s things"),
        "Shown",
        "Put <b>in</b> %(name)s",
    }


def test_a_complete_catalogue_has_no_problem(said: Catalog, kept: Catalog) -> None:
    assert list(words.problems(said, kept)) == []


def test_a_new_text_is_missed(said: Catalog, kept: Catalog) -> None:
    said.add("New.")

    assert list(words.problems(said, kept)) == [
        "'New.' is missing; run `make words` and translate it"
    ]


def test_a_text_that_nobody_says_is_found(said: Catalog, kept: Catalog) -> None:
    kept.add("Old.", "Alt.")

    assert list(words.problems(said, kept)) == ["'Old.' is said nowhere; run `make words`"]


@pytest.mark.parametrize(
    ("text", "translation", "problem"),
    [
        ("Later.", "", "is not translated"),
        ("%(num)s thing", ("%(num)s Ding", ""), "is not translated"),
        ("Said to %(name)s.", "Zu %(who)s gesagt.", "its translation has other placeholders"),
        ("Said to %(name)s.", "Gesagt.", "its translation has other placeholders"),
        ("Shown", "<b>Gezeigt</b>", "its translation has a < of its own"),
        ("Shown", 'Ge"zeigt', 'its translation has a " of its own'),
    ],
)
def test_an_untrue_translation_is_found(
    said: Catalog, kept: Catalog, text: str, translation: str | tuple[str, ...], problem: str
) -> None:
    kept[text].string = translation

    assert f"{text!r}: {problem}".replace(": is", " is") in list(words.problems(said, kept))


def test_a_guess_is_no_translation(said: Catalog, kept: Catalog) -> None:
    kept["Shown"].flags.add("fuzzy")

    assert list(words.problems(said, kept)) == [
        "'Shown' is only guessed; translate it and take out “fuzzy”"
    ]


def test_a_catalogue_is_written_as_it_is_read(kept: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "de" / "texts.po"
    words.write(path, "de", kept)
    once = path.read_text("utf-8")
    words.write(path, "de", words.read(path, "de"))

    assert path.read_text("utf-8") == once


def test_a_new_language_begins_empty(tmp_path: Path) -> None:
    kept = words.read(tmp_path / "fr" / "texts.po", "fr")

    assert [message.id for message in kept if message.id] == []


def test_words_that_stand_in_the_sql_of_a_metric_are_said_too() -> None:
    said = set(words.of_insights())

    assert {"Time to end", "under 15 minutes", "a day or more", "first item checked"} <= said
    assert "CreateIncident" not in said
