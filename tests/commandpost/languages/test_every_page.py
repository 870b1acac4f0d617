"""Every page is said in the reader's language, and nothing on it bypasses the catalogues."""

import re
from collections.abc import Iterator

import httpx2
import pytest

from commandpost.kit import words
from commandpost.ui.render import environment
from tests.commandpost.languages.outside import Bracketed, bare_in, words_outside
from tests.commandpost.languages.walk import walk
from tests.conftest import Make

MADE_UP = "qqq"
# Around pages of the pipeline, and on the way to a provider: their own tests render them.
ELSEWHERE = {"hosted.html", "accounts/continue.html"}
# Names of the cast, what they wrote, and what is called the same in every language.
DATA = re.compile(
    r"\b(ann|bea|ben|dan|eve|demo|other|Checkout is slow|First|Service outage|Town Square"
    r"|Commandpost|Markdown|JSON|English|Deutsch|Made up|Create\w+|CheckChecklistItem"
    r"|RemoveChecklistItem|SendTestEvent)\b"
    r"|/incident (nope|info|check( 99)?|commander( @nobody)?)|/nope"  # refused, stays in the box
    r"|/incident|\w+…\w+"  # the command, the diagnostic id
)
PLANTED = """
  <p>Bare text with {{ _("marked text") }} beside it</p>
  <p title="Bare title">{{ _("Marked “%(name)s”.", name="by <b>name</b>") }}</p>
  <p dir="auto">What somebody wrote</p>
  {{ button("Bare label") }}
"""


@pytest.fixture(scope="module")
def bracketed(make_database: Make) -> Iterator[dict[str, httpx2.Response]]:
    """The walk in a language that says everything in brackets."""
    environment.cache_clear()  # so that it holds what this walk renders
    with pytest.MonkeyPatch.context() as patch, make_database() as database:
        patch.setitem(words.LANGUAGES, MADE_UP, "Made up")
        patch.setitem(words.CATALOGUES, MADE_UP, Bracketed())
        yield walk(database, MADE_UP)


@pytest.fixture(scope="module")
def german(make_database: Make) -> Iterator[dict[str, httpx2.Response]]:
    with make_database() as database:
        yield walk(database, "de")


def said(html: str) -> str:
    """Return a page without what scripts fill in themselves."""
    return re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)


def pages(walked: dict[str, httpx2.Response]) -> dict[str, httpx2.Response]:
    """Return what people are shown; what scripts ask for is JSON."""
    kinds = {step: answer.headers.get("content-type", "") for step, answer in walked.items()}
    return {step: walked[step] for step, kind in kinds.items() if kind.startswith("text/html")}


def test_nothing_bypasses_the_catalogues(bracketed: dict[str, httpx2.Response]) -> None:
    bare = {
        step: left
        for step, answer in pages(bracketed).items()
        if (
            left := {
                text for text in words_outside(answer.text) if words_outside(DATA.sub("", text))
            }
        )
    }

    assert bare == {}


def test_what_bypasses_them_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(words.CATALOGUES, MADE_UP, Bracketed())
    with words.speaking(MADE_UP):
        html = environment().from_string(PLANTED).render()

    assert words_outside(html) == {
        "Bare text with ⟦marked text⟧ beside it",
        "Bare title",
        "Bare label",
    }


def test_no_template_holds_a_bare_text() -> None:
    loader = environment().loader
    assert loader is not None
    bare = {
        name: left
        for name in environment().list_templates(extensions=["html"])
        if (left := bare_in(loader.get_source(environment(), name)[0], DATA))
    }

    assert bare == {}


def test_a_bare_text_of_a_template_is_seen() -> None:
    assert bare_in(PLANTED, DATA) == {"Bare text with  beside it", "Bare title"}


def test_the_walk_comes_past_every_template(bracketed: dict[str, httpx2.Response]) -> None:
    kept = environment().cache
    assert kept is not None
    wanted = set(environment().list_templates(extensions=["html"])) - ELSEWHERE
    assert wanted - {name for _loader, name in kept} == set()


def test_every_page_is_german_for_who_reads_german(german: dict[str, httpx2.Response]) -> None:
    languages = {
        step: found.group(1)
        for step, answer in pages(german).items()
        if (found := re.search(r'<html lang="(\w+)"', answer.text))
    }

    assert set(languages.values()) == {"de"}
    unfilled = [step for step, answer in pages(german).items() if "%(" in said(answer.text)]
    assert unfilled == []


def test_a_language_changes_words_and_nothing_else(
    bracketed: dict[str, httpx2.Response], german: dict[str, httpx2.Response]
) -> None:
    statuses = [
        [answer.status_code for answer in walked.values()] for walked in (bracketed, german)
    ]

    assert statuses[0] == statuses[1]
    assert not {500, 503}.intersection(statuses[0])
