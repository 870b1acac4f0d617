"""The pages of the pipeline inside the product: who sees them, and in whose look."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from commandpost.serve.front import Front
from commandpost.serve.parts import Parts, open_parts
from commandpost.serve.run import compose
from commandpost.settings import Settings
from commandpost_telemetry.settings import Settings as PipelineSettings
from tests.commandpost.accounts import given
from tests.commandpost.accounts.browser import Browser

PAGES = ("/backstage/insights/", "/backstage/data-plane/")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    """Everything that one process holds, with nothing started."""
    folder = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=folder, site_url="http://testserver", do_not_track="")
    with ExitStack() as stack:
        yield open_parts(settings, PipelineSettings(data_dir=folder), stack)


@pytest.fixture(scope="module")
def front(parts: Parts) -> Front:
    return compose(parts, said=lambda: None)


def a_browser(parts: Parts, front: Front, name: str, *, is_admin: bool) -> Browser:
    browser = Browser(front)
    with parts.database.transaction() as session:
        team = given.a_team(session, f"{name}-team")
        actor = given.an_actor(session, name, teams=[team], is_admin=is_admin)
        browser.cookies.set("commandpost_session", given.a_session(session, actor.id))
    return browser


@pytest.mark.parametrize("path", PAGES)
def test_who_is_signed_out_is_sent_to_sign_in_and_comes_back(front: Front, path: str) -> None:
    answer = Browser(front).get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?")
    assert path.split("/")[2] in answer.headers["location"]


def test_a_member_is_told_who_may_look(parts: Parts, front: Front) -> None:
    member = a_browser(parts, front, "mel", is_admin=False)
    for path in PAGES:
        answer = member.get(path)
        assert answer.status_code == 403
        assert "only administrators see it" in answer.text


def test_an_administrator_sees_both_in_the_backstage(parts: Parts, front: Front) -> None:
    administrator = a_browser(parts, front, "ada", is_admin=True)
    for path in PAGES:
        answer = administrator.get(path)
        assert answer.status_code == 200, answer.text
        assert re.search(r'<a[^>]+href="/backstage/telemetry"', answer.text)  # product's navigation
        assert "ada" in answer.text


def test_pages_and_what_is_around_them_are_in_the_reader_s_language(
    parts: Parts, front: Front
) -> None:
    administrator = a_browser(parts, front, "mia", is_admin=True)
    german = {"Accept-Language": "de"}
    insights, plane = (administrator.get(path, headers=german).text for path in PAGES)
    missing = administrator.get(f"{PAGES[0]}nothing", headers=german)
    refused = a_browser(parts, front, "tom", is_admin=False).get(PAGES[1], headers=german)

    assert '<html lang="de">' in insights
    assert "Personen" in insights
    assert "Noch keine Daten" in insights
    assert "Seit dem letzten Laden des Logs kam nichts an." in plane
    assert "Nicht gefunden" in missing.text
    assert "Nicht erlaubt" in refused.text


def test_a_page_that_is_not_there_has_the_product_s_face(parts: Parts, front: Front) -> None:
    administrator = a_browser(parts, front, "eva", is_admin=True)
    answer = administrator.get("/backstage/insights/no-such-page")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.text
    assert "<html" in answer.text
