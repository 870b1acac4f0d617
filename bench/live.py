"""A check seen by 500 live viewers, people of their own all: told over WebSocket, fetched again."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from sqlalchemy.orm import Session
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from bench.figure import Figure, at_most
from bench.product import Product, running
from commandpost.accounts.actions.sign_in import start_session
from commandpost.accounts.actions.teams import add_to_team
from commandpost.accounts.actions.users import create_user
from commandpost.accounts.actor import CONSOLE
from commandpost.accounts.gate import COOKIE
from commandpost.chat.platforms.builtin import BuiltinPlatform
from commandpost.kit.ids import ChannelId
from commandpost.main import open_database
from commandpost.settings import Settings

VIEWERS = 500
ROUNDS = 6  # in the first one nothing is known yet of any viewer
PAGES = 25  # loaded one after another, as browsers do before they listen
CORE = 0  # one core serves, the other one looks
OPEN_AT_ONCE = 25


@dataclass(frozen=True)
class Watched:
    """An incident, the path of one of its items, who checks it, and whose browsers look."""

    incident_id: str
    channel: str
    item: str
    token: str
    cookies: list[str]


@dataclass
class Viewer:
    """One browser: its stream, and its connection for the ordinary routes."""

    stream: ClientConnection
    address: tuple[str, int]
    request: bytes
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None

    async def see(self) -> tuple[float, float]:
        """Wait until told, fetch again, and return when each was done."""
        await self.stream.recv()
        told = time.perf_counter()
        reader = await self._send()
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"The fragment answered {head.splitlines()[0].decode()}.")
        length = head.lower().partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))
        return told, time.perf_counter()

    async def _send(self) -> asyncio.StreamReader:
        """Send the request over the kept connection, or a new one when the server closed it."""
        if self.reader is None or self.writer is None or self.reader.at_eof():
            self.reader, self.writer = await asyncio.open_connection(*self.address)
        self.writer.write(self.request)
        return self.reader

    async def leave(self) -> None:
        if self.writer is not None:
            self.writer.close()
        await self.stream.close()


def measure() -> list[Figure]:
    """Return the figures of one run."""
    with running(cpu=CORE) as product:
        watched = _an_incident(product)
        loaded = _page_loads(product, watched)
        told, first, seen, memory = asyncio.run(_watch(product, watched))
    return [
        at_most(f"a check seen by {VIEWERS} viewers, one core, p95", _p95(seen), 300, "ms"),
        at_most("the same, the first after they came, p95", _p95(first), 300, "ms"),
        Figure(f"the same, told to {VIEWERS} viewers, p95", "", f"{_p95(told):.0f} ms"),
        Figure("the page that they open, median", "", f"{statistics.median(loaded):.0f} ms"),
        Figure(f"memory of serve with {VIEWERS} viewers", "", f"{memory:.0f} MiB"),
    ]


def _p95(milliseconds: Sequence[float]) -> float:
    return statistics.quantiles(milliseconds, n=20)[18]


def _an_incident(product: Product) -> Watched:
    """Start an incident with one item, and let everybody into its channel."""
    token = product.token()
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{product.url}/api/v1", headers=headers) as client:
        team = client.get("/teams").raise_for_status().json()["items"][0]["id"]
        new = {"team_id": team, "name": "A watched one"}
        incident = client.post("/incidents", json=new).raise_for_status().json()
        checklist = f"/incidents/{incident['id']}/checklists/{incident['checklists'][0]['id']}"
        item = client.post(f"{checklist}/items", json={"title": "Look"}).raise_for_status().json()
    cookies = _people(product, team, incident["channel_ids"][0])
    channel = f"/channels/{incident['channel_ids'][0]}"
    return Watched(incident["id"], channel, f"{checklist}/items/{item['id']}", token, cookies)


def _page_loads(product: Product, watched: Watched) -> list[float]:
    """Return how many milliseconds the page takes, viewer by viewer."""
    with httpx.Client(base_url=product.url) as client:
        answers = [
            client.get(watched.channel, headers={"Cookie": cookie}).raise_for_status()
            for cookie in watched.cookies[:PAGES]
        ]
    return [1000 * answer.elapsed.total_seconds() for answer in answers]


def _people(product: Product, team: str, channel: str) -> list[str]:
    """Make the viewers beside the running product; return what their browsers send."""
    database = open_database(Settings(data_dir=product.data_dir))
    with database.transaction() as session:
        cookies = [_a_member(session, f"viewer{n}", team, channel) for n in range(VIEWERS)]
    database.dispose()
    return cookies


def _a_member(session: Session, username: str, team: str, channel: str) -> str:
    user_id = create_user(session, CONSOLE, username=username, password="")
    add_to_team(session, CONSOLE, team, user_id)
    BuiltinPlatform().add_member(session, ChannelId(channel), user_id)
    return f"{COOKIE}={start_session(session, user_id, user_agent='')}"


async def _watch(
    product: Product, watched: Watched
) -> tuple[list[float], list[float], list[float], float]:
    """Return when viewers were told, when they saw the first check and later ones, and memory."""
    viewers: list[Viewer] = []
    for start in range(0, VIEWERS, OPEN_AT_ONCE):
        cookies = watched.cookies[start : start + OPEN_AT_ONCE]
        opened = (_open(product.url, watched.incident_id, cookie) for cookie in cookies)
        viewers += await asyncio.gather(*opened)
    told: list[float] = []
    first: list[float] = []
    seen: list[float] = []
    async with _api(product, watched) as client:
        for number in range(ROUNDS):
            deed = "uncheck" if number % 2 else "check"
            times = await _one_check(client, f"{watched.item}/{deed}", viewers)
            told += [1000 * one for one, _ in times]
            (seen if number else first).extend(1000 * other for _, other in times)
    memory = product.memory_mib()
    await asyncio.gather(*(viewer.leave() for viewer in viewers))
    return told, first, seen, memory


def _api(product: Product, watched: Watched) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {watched.token}"}
    return httpx.AsyncClient(base_url=f"{product.url}/api/v1", headers=headers, timeout=30)


async def _one_check(
    client: httpx.AsyncClient, path: str, viewers: Sequence[Viewer]
) -> list[tuple[float, float]]:
    """Check once; return how long after the click each viewer was told, and saw it."""
    waiting = [asyncio.create_task(viewer.see()) for viewer in viewers]
    await asyncio.sleep(0.5)  # all of them wait, and what was on its way has arrived
    clicked = time.perf_counter()
    (await client.post(path)).raise_for_status()
    return [(told - clicked, seen - clicked) for told, seen in await asyncio.gather(*waiting)]


async def _open(url: str, incident_id: str, cookie: str) -> Viewer:
    parts = urlsplit(url)
    stream = await connect(
        f"ws://{parts.netloc}/live?topics=incident:{incident_id}",
        additional_headers={"Cookie": cookie},
        origin=Origin(url),
        compression=None,
    )
    lines = (
        f"GET /incidents/{incident_id}/sidebar HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Cookie: {cookie}",
        "HX-Request: true",
    )
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    return Viewer(stream, (parts.hostname or "", parts.port or 80), request)
