"""The page about the data plane, by an administrator, a reader and a stranger."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.testclient import TestClient

from commandpost_telemetry.collector.pages import SECTION, TEMPLATES, create_pages
from commandpost_telemetry.kit import words
from commandpost_telemetry.kit.shell import Viewer
from commandpost_telemetry.kit.words import gettext
from commandpost_telemetry.log.limits import LogLimits
from commandpost_telemetry.log.segments import DAMAGED, list_segments
from tests.commandpost.languages.outside import Bracketed, bare_in, words_outside
from tests.commandpost_telemetry.collector import given
from tests.commandpost_telemetry.collector.given import TRACK, Plane


@dataclass
class PlainShell:
    """Content and nothing around it; who looks is set by the test."""

    who: Viewer | None = None

    def viewer(self, request: Request) -> Viewer | Response:
        del request
        return self.who or PlainTextResponse("sign in", 401)

    def page(
        self, request: Request, *, title: str, section: str, content: Markup, status: int = 200
    ) -> Response:
        del request
        assert (title, section) == (gettext("Data plane"), SECTION)
        return HTMLResponse(content, status)


ANN = Viewer("ann", is_administrator=True)
BEN = Viewer("ben", is_administrator=False)


@pytest.fixture
def shell() -> PlainShell:
    return PlainShell(ANN)


@pytest.fixture
def browser(plane: Plane, shell: PlainShell) -> Iterator[TestClient]:
    parts = plane.parts
    pages = create_pages(parts.log, parts.sources, parts.rejects, shell)
    with TestClient(pages, follow_redirects=True) as client:
        yield client


def test_an_empty_data_plane_says_so(browser: TestClient) -> None:
    page = browser.get("/").text

    assert "Nothing has been received since the log was last loaded." in page
    assert "Nothing was rejected." in page
    assert "from the settings" in page


def test_sources_events_and_rejects_are_shown(browser: TestClient, plane: Plane) -> None:
    batch = [
        TRACK | {"event": "<b>Bold</b>"},
        TRACK | {"messageId": "m2"},
        {"type": "shout", "userId": "u"},
    ]
    plane.post("/v1/batch", {"batch": batch})

    page = browser.get("/").text

    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    assert page.index("m2") < page.index("m1")
    assert 'data-label="Events a minute">0.4</td>' in page
    assert "unknown type of event" in page
    assert 'data-time="seconds">2026-11-24 12:00:00 UTC</time>' in page


def test_a_data_plane_that_takes_nothing_says_why(tmp_path: Path, shell: PlainShell) -> None:
    with given.a_plane(tmp_path, log_limits=LogLimits(min_free_bytes=1 << 62)) as plane:
        parts = plane.parts
        with TestClient(create_pages(parts.log, parts.sources, parts.rejects, shell)) as client:
            page = client.get("/").text

    assert "Whatever is sent is refused now" in page
    assert (
        '<span lang="en">The disk is nearly full; free some space, then send again.</span>' in page
    )


def test_files_that_cannot_be_read_are_counted(
    tmp_path: Path, browser: TestClient, plane: Plane
) -> None:
    plane.post("/v1/track", TRACK)
    before = browser.get("/").text
    (segment,) = list_segments(tmp_path / "log")
    segment.path.with_name(f"{segment.path.name}{DAMAGED}").write_bytes(b"")

    after = browser.get("/").text

    told = "Files of the log in which something cannot be read: 1."
    assert (told in before, told in after) == (False, True)


@pytest.mark.parametrize("path", ["/commandpost/rotate", "/commandpost/disable"])
def test_the_product_s_own_source_cannot_be_changed(
    browser: TestClient, plane: Plane, path: str
) -> None:
    plane.parts.sources.ensure("commandpost", "key-of-its-own")

    page = browser.get("/").text
    answer = browser.post(path)
    status = plane.post("/v1/track", TRACK, key="key-of-its-own").status

    assert ("the product's own" in page, path in page) == (True, False)
    assert (answer.status_code, "own source; what it sends" in answer.text) == (422, True)
    assert status == 200


def test_rejects_are_searched_and_paged(browser: TestClient, plane: Plane) -> None:
    odd = [{"type": f"odd-{number:02}", "userId": "u"} for number in range(30)]
    plane.post("/v1/batch", {"batch": odd})

    first = browser.get("/").text
    older = browser.get(first.split('<a href="')[1].split('"')[0].replace("&amp;", "&")).text
    found = browser.get("/", params={"search": "odd-07"}).text
    nothing = browser.get("/", params={"search": "nowhere", "before": "no number"}).text

    assert [f"odd-{number:02}" in first for number in (29, 5, 4)] == [True, True, False]
    assert [f"odd-{number:02}" in older for number in (29, 5, 4)] == [False, False, True]
    assert [f"odd-{number:02}" in found for number in (6, 7, 8)] == [False, True, False]
    assert "No reject contains this." in nothing


@pytest.mark.parametrize("before", ["9" * 18, "9" * 19, "9" * 5_000])
def test_an_id_of_any_length_is_read(browser: TestClient, plane: Plane, before: str) -> None:
    plane.post("/v1/batch", {"batch": [{"type": "odd-01", "userId": "u"}]})

    page = browser.get("/", params={"before": before})

    assert (page.status_code, "odd-01" in page.text) == (200, True)


def test_a_new_source_gets_a_key_that_is_shown_once(browser: TestClient, plane: Plane) -> None:
    shown = browser.post("/", data={"name": " mobile "}).text
    key = shown.split('<code class="mono">')[1].split("<")[0]
    status = plane.post("/v1/track", TRACK, key=key).status

    assert status == 200
    assert key not in browser.get("/").text


def test_a_source_is_disabled_enabled_and_given_another_key(
    browser: TestClient, plane: Plane
) -> None:
    old = plane.parts.sources.add("mobile")

    disabled = browser.post("/mobile/disable").text
    refused = plane.post("/v1/track", TRACK, key=old).status
    enabled = browser.post("/mobile/enable").text
    new = browser.post("/mobile/rotate").text.split('<code class="mono">')[1].split("<")[0]
    statuses = [plane.post("/v1/track", TRACK, key=key).status for key in (old, new)]

    assert ("/mobile/enable" in disabled, "/mobile/disable" in enabled) == (True, True)
    assert (refused, statuses) == (404, [401, 200])


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("/", {"name": "a b"}, "cannot name a source"),
        ("/", {}, "cannot name a source"),
        ("/nobody/rotate", {}, "There is no source"),
        ("/ann/disable", {}, "There is no source “ann” whose key is kept here."),
    ],
)
def test_what_cannot_be_done_is_said(
    browser: TestClient, path: str, data: dict[str, str], sentence: str
) -> None:
    answer = browser.post(path, data=data)

    assert (answer.status_code, sentence in answer.text) == (422, True)


DEEDS = ["/", "/mobile/disable", "/mobile/enable", "/mobile/rotate"]


@pytest.mark.parametrize("path", DEEDS)
def test_a_reader_looks_and_changes_nothing(
    browser: TestClient, plane: Plane, shell: PlainShell, path: str
) -> None:
    plane.parts.sources.add("mobile")
    before = plane.parts.sources.list_sources()
    shell.who = BEN

    looked = browser.get("/")
    tried = browser.post(path, data={"name": "new"})

    assert (looked.status_code, "Add source" in looked.text) == (200, False)
    assert (tried.status_code, "Only administrators" in tried.text) == (403, True)
    assert plane.parts.sources.list_sources() == before


@pytest.mark.parametrize("path", DEEDS)
def test_a_stranger_sees_nothing(
    browser: TestClient, plane: Plane, shell: PlainShell, path: str
) -> None:
    plane.parts.sources.add("mobile")
    before = plane.parts.sources.list_sources()
    shell.who = None

    answers = [browser.get("/"), browser.post(path, data={"name": "new"})]

    assert [(each.status_code, each.text) for each in answers] == [(401, "sign in")] * 2
    assert plane.parts.sources.list_sources() == before


def test_the_last_events_come_over_several_files(tmp_path: Path, shell: PlainShell) -> None:
    limits = LogLimits(segment_bytes=1)
    with given.a_plane(tmp_path, log_limits=limits) as plane:
        for number in range(25):
            plane.post("/v1/track", TRACK | {"messageId": f"<m{number}>"})
        parts = plane.parts
        pages = create_pages(parts.log, parts.sources, parts.rejects, shell)
        with TestClient(pages) as client:
            page = client.get("/").text

    shown = [number for number in range(25) if f"&lt;m{number}&gt;" in page]
    assert shown == list(range(5, 25))
    assert 'data-label="Events a minute">5.0</td>' in page


def test_nothing_on_it_bypasses_the_catalogue(
    browser: TestClient, plane: Plane, shell: PlainShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(words.CATALOGUES, "qqq", Bracketed())
    shell.who = Viewer("ann", is_administrator=True, language="qqq")
    pages = [browser.get("/"), browser.get("/?search=nothing-like-this")]
    odd = [{"type": f"odd-{number}", "userId": "u"} for number in range(30)]
    plane.post("/v1/batch", {"batch": [TRACK, *odd]})
    deeds = [("/", {"name": "1"}), ("/", {"name": "1"}), ("/", {"name": "?"}), ("/1/disable", {})]
    pages += [browser.post(path, data=data) for path, data in deeds]
    shell.who = Viewer("ben", is_administrator=False, language="qqq")
    pages.append(browser.post("/1/enable"))

    bare = [words_outside(page.text) - {"mobile-app", "⟦Data plane⟧"} for page in pages]

    assert bare == [set()] * len(pages)
    assert {page.status_code for page in pages} == {200, 403, 422}
    [template] = TEMPLATES.list_templates(extensions=["html"])
    assert TEMPLATES.loader is not None
    source = TEMPLATES.loader.get_source(TEMPLATES, template)[0]
    assert bare_in(source, re.compile("mobile-app")) == set()


def test_it_is_german_for_who_reads_german(
    browser: TestClient, plane: Plane, shell: PlainShell
) -> None:
    shell.who = Viewer("ann", is_administrator=True, language="de")
    plane.post("/v1/track", TRACK)

    page = browser.get("/").text

    assert 'data-label="Ereignisse je Minute">0,2</td>' in page
    assert "24.11.2026 12:00:00 UTC" in page
