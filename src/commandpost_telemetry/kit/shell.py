"""How pages of the pipeline borrow a look: their own when alone, else the product's."""

from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from commandpost_telemetry.kit.words import ENGLISH


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a name to show, whether they may change anything, and what they read."""

    name: str
    is_administrator: bool
    language: str = ENGLISH


class Shell(Protocol):
    """What a host page offers; both methods do blocking work and are called off the event loop."""

    def viewer(self, request: Request) -> Viewer | Response:
        """Return who is looking, or the response (sign-in, 403) to give instead."""
        ...

    def page(
        self, request: Request, *, title: str, section: str, content: Markup, status: int = 200
    ) -> Response:
        """Wrap `content` in the host's full page; `section` is the navigation entry to mark."""
        ...
