"""The plugin that names what no test reached knows what there is and sees what is reached."""

import asyncio
from pathlib import Path

import httpx
from fastapi import APIRouter, FastAPI
from jinja2 import Environment, FileSystemLoader

from tests.architecture import reached

TEMPLATES = reached.SRC / "commandpost" / "ui" / "templates"


class Watched(FastAPI):
    __call__ = reached.watched_call(FastAPI.__call__)


def test_included_routers_are_walked() -> None:
    outer, inner = APIRouter(), APIRouter()
    inner.get("/inner")(page)
    outer.get("/outer")(other_page)
    outer.include_router(inner)

    assert set(reached.endpoints_of(outer.routes)) == {page, other_page}


def test_an_answered_request_names_its_endpoint() -> None:
    app = Watched()
    app.get("/page")(page)

    asyncio.run(get(app, "/page"))

    assert reached.name_of(page) in reached.answered


def test_a_read_template_is_noted() -> None:
    get_source = reached.watched_source(FileSystemLoader.get_source)

    get_source(FileSystemLoader(TEMPLATES), Environment(autoescape=True), "base.html")

    assert "commandpost/ui/templates/base.html" in reached.rendered


def test_templates_are_named_by_their_path_below_src(tmp_path: Path) -> None:
    folder = tmp_path / "commandpost" / "incidents" / "templates" / "incidents"
    folder.mkdir(parents=True)
    (folder / "list.html").touch()

    assert reached.all_templates(tmp_path) == {
        "commandpost/incidents/templates/incidents/list.html"
    }


def test_what_is_left_is_named_in_order() -> None:
    assert reached.unreached(["c", "b", "a"], ["b"]) == ["a", "c"]


def page() -> None: ...


def other_page() -> None: ...


async def get(app: FastAPI, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get(path)
