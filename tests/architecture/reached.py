"""A pytest plugin: after a whole run, every route has answered and every template was rendered.

`tools/run_tests.py` loads it. Only requests inside the test processes count: what a started server
answers is a journey's business.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

SRC = Path(__file__).resolve().parents[2] / "src"

answered: set[str] = set()
rendered: set[str] = set()
left: list[str] = []


def unreached(wanted: Iterable[str], seen: Iterable[str]) -> list[str]:
    """Return what nothing reached, in order."""
    return sorted(set(wanted) - set(seen))


def all_templates(src: Path = SRC) -> set[str]:
    """Return every template by its path below src."""
    return {path.relative_to(src).as_posix() for path in src.glob("*/**/templates/**/*.html")}


def all_endpoints() -> set[str]:
    """Return every endpoint that the application mounts; imported late, for coverage's sake."""
    doors = import_module("commandpost.main").DOORS
    return {name_of(endpoint) for door in doors for endpoint in endpoints_of(door.routes)}


def endpoints_of(routes: Iterable[BaseRoute]) -> Iterator[object]:
    """Walk routes and the routers included among them."""
    for route in routes:
        if included := getattr(route, "original_router", None):
            yield from endpoints_of(included.routes)
        elif endpoint := getattr(route, "endpoint", None):
            yield endpoint


def name_of(endpoint: object) -> str:
    """Return the full name of a function or class."""
    kind = endpoint if hasattr(endpoint, "__qualname__") else type(endpoint)
    return f"{kind.__module__}.{kind.__qualname__}"


def pytest_configure() -> None:
    """Watch requests being answered and templates being read."""
    Starlette.__call__ = watched_call(Starlette.__call__)  # type: ignore[method-assign]  # to watch
    FileSystemLoader.get_source = watched_source(FileSystemLoader.get_source)  # type: ignore[method-assign]  # to watch


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what a worker saw; the process in charge judges all of it."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["reached"] = [sorted(answered), sorted(rendered)]
    elif session.exitstatus == pytest.ExitCode.OK:
        left.extend(missing())
        session.exitstatus = pytest.ExitCode.TESTS_FAILED if left else pytest.ExitCode.OK


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker saw; one that crashed has nothing to tell."""
    theirs = getattr(node, "workeroutput", {}).get("reached", ((), ()))
    answered.update(theirs[0])
    rendered.update(theirs[1])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what no test reached."""
    if left:
        terminalreporter.section("never reached by a test", red=True)
    for line in left:
        terminalreporter.line(line)


def missing() -> list[str]:
    """Return what is left to reach, as lines to print."""
    return [
        *(f"route {name}" for name in unreached(all_endpoints(), answered)),
        *(f"template {name}" for name in unreached(all_templates(), rendered)),
    ]


def watched_call(original: Callable[..., Any]) -> Callable[..., Any]:
    async def call(self: Starlette, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await original(self, scope, receive, send)
        finally:
            if endpoint := scope.get("endpoint"):
                answered.add(name_of(endpoint))

    return call


def watched_source(original: Callable[..., Any]) -> Callable[..., Any]:
    def get_source(self: FileSystemLoader, environment: Environment, template: str) -> Any:
        found = original(self, environment, template)
        path = Path(found[1]).resolve()
        if path.is_relative_to(SRC):
            rendered.add(path.relative_to(SRC).as_posix())
        return found

    return get_source
