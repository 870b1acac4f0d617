"""The look of the pages when the pipeline runs alone: no sign-in, one simple page."""

from collections.abc import Sequence
from pathlib import Path

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from commandpost_telemetry.kit.render import translating
from commandpost_telemetry.kit.shell import Viewer
from commandpost_telemetry.kit.words import preferred

_TEMPLATES = Path(__file__).parent / "templates"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)


class OwnShell:
    """Whoever reaches the page may look; a server bound to this machine decides who that is."""

    def __init__(self, *, name: str = "operator", sections: Sequence[str] = ("insights",)) -> None:
        self._name = name
        self._sections = sections
        self._environment = translating(_TEMPLATES)

    def viewer(self, request: Request) -> Viewer | Response:
        accepted = request.headers.get("accept-language", "")
        return Viewer(self._name, is_administrator=True, language=preferred(accepted))

    def page(
        self, request: Request, *, title: str, section: str, content: Markup, status: int = 200
    ) -> Response:
        html = self._environment.get_template("insights/own_shell.html").render(
            title=title,
            section=section,
            content=content,
            sections=self._sections,
            base=request.scope.get("root_path", ""),
        )
        return HTMLResponse(html, status, {"Content-Security-Policy": POLICY})
