"""One rendering for all who see alike, and never for anybody else or any longer than true."""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from commandpost.kit.db import Database, tell
from commandpost.kit.errors import NotFound
from commandpost.live import fragments, memory
from commandpost.live.fragments import LONGEST_KEY, Fragments, keep
from commandpost.live.glances import Glance
from commandpost.live.hub import EVERYTHING, Hub
from commandpost.live.memory import Answer, Kept, Memory
from commandpost.main import create_app
from commandpost.settings import Settings
from commandpost.ui.faces import add_faces

HTMX = {"HX-Request": "true"}


@dataclass
class Site:
    """A page that members and guests see differently, and how often it was rendered."""

    database: Database
    rendered: list[str] = field(default_factory=list)
    glanced: list[tuple[str, int]] = field(default_factory=list)
    audiences: dict[str, str] = field(
        default_factory=lambda: {"ann": "member", "ben": "member", "cid": "guest"}
    )
    text: str = "one"
    meanwhile: Callable[[], None] = lambda: None  # what happens while a glance looks
    cookie: bool = False

    def show(self, request: Request) -> Response:
        audience = self._let_in(request)
        self.rendered.append(request.cookies["who"])
        response = HTMLResponse(f"{self.text} for a {audience}")
        if self.cookie:
            response.set_cookie("other", "x")
        return response

    def glance(self, requests: Sequence[Request], _session: Session, page: str) -> None:
        self.glanced.append((page, len(requests)))
        for request in requests:
            with suppress(NotFound):
                self._let_in(request)
        self.meanwhile()

    def _let_in(self, request: Request) -> str:
        name = request.cookies.get("who", "")
        if name not in self.audiences:
            raise NotFound("There is no such page.")
        keep(request, viewer_id=name, audience=self.audiences[name], topics=("page:1",))
        return self.audiences[name]

    def lock_out(self, name: str) -> None:
        del self.audiences[name]
        self.tell(f"user:{name}")

    def tell(self, *topics: str) -> None:
        with self.database.transaction() as session:
            tell(session, *topics)


@pytest.fixture
def site(database: Database) -> Site:
    return Site(database)


def served(site: Site, glances: dict[re.Pattern[str], Glance]) -> FastAPI:
    made, remembered = FastAPI(), Memory()
    site.database.listen(remembered.hear)
    made.state.database = site.database
    add_faces(made)
    made.add_api_route("/page", site.show)
    made.add_middleware(Fragments, memory=remembered, glances=glances)
    return made


@pytest.fixture
def app(site: Site) -> FastAPI:
    return served(site, {})


@pytest.fixture
def browser(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app) as client:
        yield client


@pytest.fixture
def glancing(site: Site) -> Iterator[TestClient]:
    """A browser at an application that knows how to glance at the page."""
    with TestClient(served(site, {re.compile("/(page)"): site.glance})) as client:
        yield client


def seen(browser: TestClient, name: str, **headers: str) -> str:
    answer = browser.get("/page", headers={**HTMX, "Cookie": f"who={name}", **headers})
    return answer.text if answer.status_code == 200 else str(answer.status_code)


def test_one_rendering_serves_all_of_an_audience(site: Site, browser: TestClient) -> None:
    for name in ("ann", "ben", "cid"):
        seen(browser, name)
    site.text = "two"
    site.tell("page:1")

    shown = [seen(browser, name) for name in ("ann", "ben", "ann", "cid", "ben", "cid")]

    assert shown == [f"two for a {who}" for who in ("member",) * 3 + ("guest", "member", "guest")]
    assert site.rendered == ["ann", "ben", "cid", "ann", "cid"]


def test_who_was_never_let_in_gets_nothing_from_memory(site: Site, browser: TestClient) -> None:
    seen(browser, "ann")

    assert seen(browser, "dee") == "404"
    assert browser.get("/page", headers=HTMX).status_code == 404
    assert site.rendered == ["ann"]


def test_cookies_that_come_one_by_one_are_told_apart(browser: TestClient) -> None:
    """Most proxies join them again, as they are told to; for those that do not, all are read."""
    shown = []
    for name in ("ann", "cid", "dee", "ann"):
        cookies = [("Cookie", f"who={name}"), ("Cookie", "theme=dark"), *HTMX.items()]
        shown.append(browser.get("/page", headers=cookies).text[:16])
    alone = browser.get("/page", headers={**HTMX, "Cookie": "theme=dark"})

    assert (shown[0], shown[1], shown[3]) == ("one for a member", "one for a guest", shown[0])
    assert "member" not in shown[2]
    assert alone.status_code == 404


def test_who_is_let_in_no_more_gets_nothing_from_memory(site: Site, browser: TestClient) -> None:
    for _ in range(2):
        seen(browser, "ann")
    del site.audiences["ann"]
    before = seen(browser, "ann")
    site.tell("user:ann")

    assert (before, seen(browser, "ann")) == ("one for a member", "404")


def test_an_audience_changes_with_its_person(site: Site, browser: TestClient) -> None:
    seen(browser, "ann")
    seen(browser, "cid")
    site.audiences["ann"] = "guest"
    site.tell("user:ann")

    assert seen(browser, "ann") == "one for a guest"


def test_when_nobody_knows_what_was_missed_all_is_asked_again(
    site: Site, browser: TestClient
) -> None:
    seen(browser, "ann")
    site.text = "two"
    site.database.announce(frozenset({EVERYTHING}))

    assert seen(browser, "ann") == "two for a member"


@pytest.mark.parametrize(
    ("module", "lasts"), [(memory, "SIGHT_LASTS"), (fragments, "ANSWER_LASTS")]
)
def test_nothing_is_kept_for_ever(
    site: Site, browser: TestClient, monkeypatch: pytest.MonkeyPatch, module: object, lasts: str
) -> None:
    monkeypatch.setattr(module, lasts, -1.0)  # a minute is too long for a test

    for _ in range(2):
        seen(browser, "ann")

    assert site.rendered == ["ann", "ann"]


def test_whole_pages_tokens_and_cookies_are_not_kept(site: Site, browser: TestClient) -> None:
    for _ in range(2):
        browser.get("/page", headers={"Cookie": "who=ann"})
        seen(browser, "ann", Authorization="Bearer x")
    site.cookie = True
    for _ in range(2):
        seen(browser, "ann")

    assert site.rendered == ["ann"] * 6


def test_languages_and_questions_are_kept_apart(site: Site, browser: TestClient) -> None:
    seen(browser, "ann")
    seen(browser, "ann", **{"Accept-Language": "de"})
    browser.get("/page?x=1", headers={**HTMX, "Cookie": "who=ann"})

    assert site.rendered == ["ann"] * 3


def test_memory_has_an_end(
    site: Site, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_ANSWERS", 1)
    monkeypatch.setattr(memory, "MOST_TOPICS", 1)

    for name in ("ann", "cid", "ann"):
        seen(browser, name)
    for number in range(4):
        site.tell(f"topic:{number}")
    seen(browser, "ann")

    assert site.rendered == ["ann", "cid", "ann", "ann"]


def test_a_crowd_waits_for_the_first_of_its_audience(site: Site, app: FastAPI) -> None:
    async def crowd() -> list[str]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:

            async def get(name: str) -> str:
                answer = await client.get("/page", headers={**HTMX, "Cookie": f"who={name}"})
                return answer.text

            for name in ("ann", "ben"):
                await get(name)
            site.text = "two"
            await asyncio.to_thread(site.tell, "page:1")
            return await asyncio.gather(*(get(name) for name in ("ann", "ben") * 20))

    shown = asyncio.run(crowd())

    assert shown == ["two for a member"] * 40
    assert site.rendered[2:] == ["ann"]


def added(kept_in: Memory, *answers: tuple[str, bytes, float]) -> list[str]:
    """Add answers by path, and return the paths of those that are remembered."""
    kept = Kept("ann", "member", frozenset({"page:1", "page:2"}))
    for path, body, until in answers:
        kept_in.add(path, kept, Answer([], body, until), since=kept_in.tick)
        kept_in.note(f"ann {path}", kept, since=kept_in.tick)
    return [path for path, _, _ in answers if kept_in.find(f"ann {path}", path)]


def test_the_bytes_of_all_answers_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 10)
    filled, ever = Memory(), float("inf")

    again = added(filled, ("a", b"12345", ever), ("a", b"12345", ever), ("b", b"12345", ever))
    full = added(filled, ("a", b"12345", ever), ("b", b"12345", ever), ("c", b"1", ever))
    filled.hear(frozenset({"page:2"}))
    after = added(filled, ("d", b"12345", ever), ("e", b"12345", ever))

    assert (again, full, after) == (["a", "a", "b"], ["c"], ["d", "e"])


def test_sights_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_SIGHTS", 2)
    noted, kept = Memory(), Kept("ann", "member", frozenset())

    for key in "abc":
        noted.note(key, kept, since=noted.tick)

    assert [noted.audience_of(key) for key in "abc"] == [None, None, "member"]


def test_what_is_past_its_time_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_ANSWERS", 2)

    shown = added(Memory(), ("old", b"1", -1.0), ("a", b"1", float("inf")), ("b", b"1", 1e12))

    assert shown == ["a", "b"]


def test_a_long_answer_is_not_kept() -> None:
    most = memory.LONGEST_ANSWER

    shown = added(Memory(), ("a", b"x" * most, 1e12), ("b", b"x" * (most + 1), 1e12))

    assert shown == ["a"]


@pytest.mark.parametrize("topic", ["page:1", "user:ann"])
def test_an_answer_that_a_change_overtook_is_not_kept(topic: str) -> None:
    empty = Memory()
    since = empty.tick
    empty.hear(frozenset({topic}))

    kept = Kept("ann", "member", frozenset({"page:1"}))
    empty.note("who", kept, since=empty.tick)
    empty.add("/page", kept, Answer([], b"old", float("inf")), since=since)
    overtaken = empty.find("who", "/page")
    empty.add("/page", kept, Answer([], b"new", float("inf")), since=empty.tick)

    assert overtaken is None
    assert empty.find("who", "/page") == Answer([], b"new", float("inf"))


def test_who_is_glanced_at_has_what_another_one_was_shown(site: Site, glancing: TestClient) -> None:
    shown = [seen(glancing, name) for name in ("ann", "ben", "cid")]

    assert shown == ["one for a member", "one for a member", "one for a guest"]
    assert site.rendered == ["ann", "cid"]


@pytest.mark.parametrize(("most", "glances"), [(1000, [30]), (25, [25, 5])])
def test_a_crowd_of_which_nobody_is_known_has_one_rendering(
    site: Site, monkeypatch: pytest.MonkeyPatch, most: int, glances: list[int]
) -> None:
    monkeypatch.setattr("commandpost.live.glances.MOST_AT_ONCE", most)
    app = served(site, {re.compile("/(page|other)"): site.glance})

    async def crowd() -> list[str]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:

            async def get(name: str, path: str = "/page") -> str:
                answer = await client.get(path, headers={**HTMX, "Cookie": f"who={name}"})
                return answer.text if answer.status_code == 200 else str(answer.status_code)

            everybody = [get(name) for name in ("ann", "ben", "dan") * 10]
            return await asyncio.gather(*everybody, get("dan", "/other"))

    shown = asyncio.run(crowd())

    assert shown == ["one for a member", "one for a member", "404"] * 10 + ["404"]
    assert site.rendered == ["ann"]
    assert sorted(site.glanced) == sorted([*(("page", size) for size in glances), ("other", 1)])


def test_who_comes_one_by_one_is_glanced_at_together(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commandpost.live.glances.REST", 1.0)
    app = served(site, {re.compile("/(page)"): site.glance})

    async def arrive() -> list[int]:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:

            async def get(name: str) -> int:
                answer = await client.get("/page", headers={**HTMX, "Cookie": f"who={name}"})
                return answer.status_code

            first = await get("ann")  # waits for nobody
            coming: list[asyncio.Task[int]] = []
            for name in ("ben", "cid", "dan"):
                coming.append(asyncio.create_task(get(name)))
                await asyncio.sleep(0)
            return [first, *await asyncio.gather(*coming)]

    assert asyncio.run(arrive()) == [200, 200, 200, 404]
    assert site.glanced == [("page", 1), ("page", 3)]


def test_who_is_locked_out_after_a_glance_is_refused_at_the_next_one(
    site: Site, glancing: TestClient
) -> None:
    before = [seen(glancing, name) for name in ("ann", "ben")]
    site.lock_out("ben")

    after = [seen(glancing, name) for name in ("ann", "ben")]

    assert (before, after) == (["one for a member"] * 2, ["one for a member", "404"])


def test_who_is_locked_out_during_a_glance_is_refused_at_once(
    site: Site, glancing: TestClient
) -> None:
    seen(glancing, "ann")
    site.meanwhile = lambda: site.lock_out("ben")

    shown = seen(glancing, "ben")
    site.meanwhile = lambda: None

    assert (shown, seen(glancing, "ben"), seen(glancing, "ann")) == (
        "404",
        "404",
        "one for a member",
    )


def test_a_glance_that_fails_leaves_nobody_waiting(site: Site, glancing: TestClient) -> None:
    def fail() -> None:
        raise RuntimeError("The disk is gone.")

    site.meanwhile = fail
    with pytest.raises(RuntimeError, match="The disk is gone"):
        seen(glancing, "ann")
    site.meanwhile = lambda: None

    assert seen(glancing, "ann") == "one for a member"


def test_what_changed_is_forgotten_before_anybody_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Answer | None] = []
    monkeypatch.setattr(Hub, "publish", lambda *_: held.append(remembered.find("ann", "page")))
    remembered: Memory = create_app(Settings(do_not_track=""), database).state.memory
    kept, answer = Kept("ann", "member", frozenset({"page:1"})), Answer([], b"old", float("inf"))
    remembered.note("ann", kept, since=0)
    remembered.add("page", kept, answer, since=0)
    before = remembered.find("ann", "page")

    with database.transaction() as session:
        tell(session, "page:1")

    assert (before, held) == (answer, [None])


def test_what_is_no_request_passes() -> None:
    passed: list[str] = []

    async def app(scope: dict[str, str], _receive: object, _send: object) -> None:
        passed.append(scope["type"])

    wrapped = Fragments(app, memory=Memory(), glances={})  # type: ignore[arg-type]  # enough of an application
    asyncio.run(wrapped({"type": "lifespan"}, None, None))  # type: ignore[arg-type]  # not used

    assert passed == ["lifespan"]


def test_what_is_asked_at_length_is_not_remembered(site: Site, browser: TestClient) -> None:
    address = f"/page?{'x' * LONGEST_KEY}"
    for _ in range(2):
        browser.get(address, headers={**HTMX, "Cookie": "who=ann"})

    assert site.rendered == ["ann", "ann"]
