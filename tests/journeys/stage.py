"""A small product that has nothing but the look: what scripts do is tried on it alone."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from jinja2_fragments import render_block
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from commandpost.kit.middleware import SafeHeaders
from commandpost.ui import render
from commandpost.ui.faces import ErrorPage

STATIC = Path(render.__file__).parent / "static"
SUGGESTIONS = [
    {"text": "/incident start", "help": "start one"},
    {"text": "/incident end", "help": "end it"},
]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the stage."""

    id: str = "ann"
    username: str = "ann"
    display_name: str = "Ann"
    is_admin: bool = False


@dataclass(slots=True)
class Item:
    """A line of a list."""

    id: str
    title: str
    checked: bool = False


@dataclass(frozen=True, slots=True)
class StagePage:
    """What stage.html shows."""

    posts: list[str]
    lists: dict[str, list[Item]]
    at: datetime = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    dialog: str = ""
    name: str = ""
    error: str = ""


@dataclass
class Stage:
    """State, doors and listeners; tests look into it and change it from their own thread."""

    url: str = ""
    posts: list[str] = field(default_factory=lambda: ["Hello"])
    lists: dict[str, list[Item]] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    listening: dict[WebSocket, set[str]] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop | None = None
    refuse: bool = False

    def __post_init__(self) -> None:
        self.lists = {
            "first": [Item("a", "Alpha"), Item("b", "Beta"), Item("c", "Gamma")],
            "second": [Item("d", "Delta")],
        }

    def order(self) -> dict[str, str]:
        """Return the ids of each list in order."""
        return {name: "".join(item.id for item in items) for name, items in self.lists.items()}

    def find(self, item_id: str) -> tuple[list[Item], Item]:
        return next((x, i) for x in self.lists.values() for i in x if i.id == item_id)

    def poke(self, *topics: str) -> None:
        """Say that topics changed, from any thread."""
        assert self.loop
        asyncio.run_coroutine_threadsafe(self.tell(*topics), self.loop).result(5)

    def cut(self) -> None:
        """End every stream, as a restart would."""
        assert self.loop
        asyncio.run_coroutine_threadsafe(self._cut(), self.loop).result(5)

    async def _cut(self) -> None:
        for listener in list(self.listening):
            await listener.close(1012)

    async def tell(self, *topics: str) -> None:
        for listener, wanted in list(self.listening.items()):
            if hit := sorted(wanted & set(topics)):
                await listener.send_text(json.dumps({"topics": hit}))

    async def live(self, listener: WebSocket) -> None:
        if self.refuse:
            await listener.close()
            return
        await listener.accept()
        self.listening[listener] = set(listener.query_params["topics"].split(","))
        try:
            while True:
                wish = set(json.loads(await listener.receive_text())["topics"])
                fresh, self.listening[listener] = wish - self.listening[listener], wish
                await listener.send_text(json.dumps({"topics": sorted(fresh)}))
        except WebSocketDisconnect:
            del self.listening[listener]

    def page(self, shown: StagePage | None = None, status: int = 200) -> Response:
        shell = render.Shell(title="Stage", viewer=Viewer())
        template = _environment().get_template("stage.html")
        page = shown or StagePage(self.posts, self.lists)
        return HTMLResponse(template.render(page=page, shell=shell), status)

    async def whole(self, request: Request) -> Response:
        dialog = request.query_params.get("dialog", "")
        return self.page(StagePage(self.posts, self.lists, dialog=dialog))

    async def partly(self, request: Request) -> Response:
        """Answer as a page does that has a live region: htmx gets the region alone."""
        if request.headers.get("hx-request"):
            return HTMLResponse("<p>A part of a page</p>")
        return await self.whole(request)

    async def fragment(self, request: Request) -> Response:
        name = request.path_params["name"]
        page = StagePage(self.posts, self.lists)
        return HTMLResponse(render_block(_environment(), "stage.html", name, page=page))

    async def post(self, request: Request) -> Response:
        form = await request.form()
        text = str(form["text"])
        self.keys.append(str(form["idempotency_key"]))
        if text == "forbidden":
            shell = render.Shell(title="Forbidden", viewer=Viewer())
            context = ErrorPage(403, "Forbidden", "Only members write here.", back="")
            template = _environment().get_template("error.html")
            return HTMLResponse(template.render(page=context, shell=shell), 403)
        if text == "/incident start":
            return RedirectResponse("/?dialog=start", 303)
        self.posts.append(text)
        await self.tell("posts")
        return RedirectResponse("/", 303)

    async def start(self, request: Request) -> Response:
        name = str((await request.form())["name"])
        if len(name) < 2:
            shown = StagePage(self.posts, self.lists, dialog="start", name=name)
            return self.page(replace(shown, error="A name has at least 2 characters."), 422)
        return RedirectResponse("/partly" if name == "partly" else "/other", 303)

    async def deed(self, request: Request) -> Response:
        form = await request.form()
        match request.path_params:
            case {"deed": "add", "id": name}:
                title = str(form["title"])
                self.lists[name].append(Item(title.lower()[:1] + str(len(title)), title))
            case {"deed": "check", "id": item_id}:
                item = self.find(item_id)[1]
                item.checked = not item.checked
            case {"deed": "rename", "id": item_id}:
                self.find(item_id)[1].title = str(form["title"])
            case {"deed": "remove", "id": item_id}:
                items, item = self.find(item_id)
                items.remove(item)
            case {"deed": "move", "id": item_id}:
                items, item = self.find(item_id)
                items.remove(item)
                self.lists[str(form["checklist_id"])].insert(int(str(form["position"])), item)
            case _:
                return Response(status_code=404)
        await self.tell("incident")
        return RedirectResponse("/", 303)

    async def suggestions(self, request: Request) -> Response:
        text = request.query_params["text"]
        return JSONResponse([each for each in SUGGESTIONS if each["text"].startswith(text)])

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self.whole),
                Route("/other", self.whole),
                Route("/partly", self.partly),
                Route("/fragment/{name}", self.fragment),
                Route("/post", self.post, methods=["POST"]),
                Route("/start", self.start, methods=["POST"]),
                Route("/slash/suggestions", self.suggestions),
                WebSocketRoute("/live", self.live),
                Mount("/static", StaticFiles(directory=STATIC)),
                Route("/{deed}/{id}", self.deed, methods=["POST"]),
            ],
            middleware=[Middleware(SafeHeaders)],
        )


def _environment() -> Environment:
    """Return the product's environment with the templates of the stage beside its own."""
    own = FileSystemLoader(Path(__file__).parent / "stage")
    environment = render.environment()
    assert environment.loader
    return environment.overlay(loader=ChoiceLoader([own, environment.loader]))


@contextmanager
def staged() -> Iterator[Stage]:
    """Serve a stage on a free port from a thread."""
    stage = Stage()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        stage.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(
            stage.app(), log_level="error", ws="websockets-sansio", lifespan="off"
        )
        server = uvicorn.Server(config)
        started = threading.Event()

        async def serve() -> None:
            stage.loop = asyncio.get_running_loop()
            started.set()
            await server.serve(sockets=[listening])

        thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
        thread.start()
        started.wait(5)
        yield stage
        server.should_exit = True
        thread.join(10)
