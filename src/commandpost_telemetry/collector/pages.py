"""The page about the data plane: who sends, how much, the last events, and what was rejected."""

from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from commandpost_telemetry.collector.reading import Looked, Reading, Told
from commandpost_telemetry.collector.sources import SourceError, Sources
from commandpost_telemetry.kit.render import translating
from commandpost_telemetry.kit.shell import Shell, Viewer
from commandpost_telemetry.kit.words import _, speaking
from commandpost_telemetry.log.log import Log
from commandpost_telemetry.log.rejects import Rejects

SECTION = "data plane"
TEMPLATES = translating(Path(__file__).parent / "templates")
_DIGITS = 18  # of any id, and of what a column of the database holds


class Pages:
    """The doors; each asks who looks before anything else."""

    def __init__(self, reading: Reading, sources: Sources, shell: Shell) -> None:
        self._reading = reading
        self._sources = sources
        self._shell = shell

    def look(self, request: Request) -> Response:
        """Show the page."""
        return self._answer(request, lambda viewer: self._shown(request, viewer, Told()))

    async def add(self, request: Request) -> Response:
        """Add a source and show its key, this once only."""
        form = await request.form()
        return await run_in_threadpool(self._add, request, str(form.get("name", "")).strip())

    def rotate(self, request: Request) -> Response:
        """Give a source a new key and show it, this once only."""
        name = request.path_params["name"]
        return self._with_key(request, name, lambda: self._sources.rotate(name))

    def enable(self, request: Request) -> Response:
        """Take messages of a source again."""
        return self._switched(request, self._sources.enable)

    def disable(self, request: Request) -> Response:
        """Refuse messages of a source from now on."""
        return self._switched(request, self._sources.disable)

    def _switched(self, request: Request, switch: Callable[[str], None]) -> Response:
        def deed(_viewer: Viewer) -> Response:
            switch(request.path_params["name"])
            return RedirectResponse(f"{_base(request)}/", 303)

        return self._changed(request, deed)

    def _add(self, request: Request, name: str) -> Response:
        return self._with_key(request, name, lambda: self._sources.add(name))

    def _with_key(self, request: Request, name: str, make: Callable[[], str]) -> Response:
        def deed(viewer: Viewer) -> Response:
            key = make()
            notice = _("The write key of %(name)s, shown this once only:", name=name)
            return self._shown(request, viewer, Told(notice, new_key=key))

        return self._changed(request, deed)

    def _changed(self, request: Request, deed: Callable[[Viewer], Response]) -> Response:
        """Do what only administrators may, or say why not."""

        def show(viewer: Viewer) -> Response:
            if not viewer.is_administrator:
                refusal = Told(error=_("Only administrators change sources."))
                return self._shown(request, viewer, refusal, status=403)
            try:
                return deed(viewer)
            except SourceError as error:
                return self._shown(request, viewer, Told(error=str(error)), status=422)

        return self._answer(request, show)

    def _answer(self, request: Request, show: Callable[[Viewer], Response]) -> Response:
        """Ask who looks, and answer in their language."""
        viewer = self._shell.viewer(request)
        if isinstance(viewer, Response):
            return viewer
        with speaking(viewer.language):
            return show(viewer)

    def _shown(
        self, request: Request, viewer: Viewer, told: Told, *, status: int = 200
    ) -> Response:
        page = self._reading.page(
            _base(request), told, _looked(request), may_change=viewer.is_administrator
        )
        html = TEMPLATES.get_template("collector/data_plane.html").render(page=page)
        content = Markup(html)  # noqa: S704 - rendered by the escaping environment
        return self._shell.page(
            request, title=_("Data plane"), section=SECTION, content=content, status=status
        )


def create_pages(log: Log, sources: Sources, rejects: Rejects, shell: Shell) -> Starlette:
    """Return the page as an application, to be mounted anywhere."""
    pages = Pages(Reading(log, sources, rejects), sources, shell)
    return Starlette(
        routes=[
            Route("/", pages.look),
            Route("/", pages.add, methods=["POST"]),
            Route("/{name}/rotate", pages.rotate, methods=["POST"]),
            Route("/{name}/enable", pages.enable, methods=["POST"]),
            Route("/{name}/disable", pages.disable, methods=["POST"]),
        ]
    )


def _base(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _looked(request: Request) -> Looked:
    before = request.query_params.get("before", "")
    return Looked(
        search=request.query_params.get("search", "")[:200],
        before=int(before[:_DIGITS]) if before.isdecimal() else None,
    )
