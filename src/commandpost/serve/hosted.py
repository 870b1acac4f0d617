"""The pages of the pipeline in the look, the navigation and the sign-in of the product."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from commandpost.accounts.gate import find_viewer
from commandpost.kit.db import Database
from commandpost.kit.edge import language_of
from commandpost.kit.errors import Forbidden, Unauthenticated
from commandpost.kit.words import N_, _, language, speak
from commandpost.serve.parts import Parts
from commandpost.serve.summary import summary_ways
from commandpost.ui.faces import face, to_sign_in
from commandpost.ui.render import page
from commandpost.ui.shell import shell
from commandpost_telemetry.insights.freshness import Freshness, HeldTables
from commandpost_telemetry.insights.web import create_insights
from commandpost_telemetry.kit.control import Answer, Ask
from commandpost_telemetry.kit.shell import Viewer

ADMINISTRATORS_ONLY = N_(
    "This page counts the deeds of every team, so only administrators see it. Ask one for a figure."
)


@dataclass(frozen=True, slots=True)
class Hosted:
    """What hosted.html shows: a page that another part of the process made."""

    content: Markup
    section: str


class ProductShell:
    """Lends the product's look, navigation and sign-in to the pages of the pipeline."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def viewer(self, request: Request) -> Viewer | Response:
        """Return the administrator who looks, else the way to sign in or a refusal."""
        try:
            with self._database.reading() as session:
                actor = find_viewer(request, session)
        except Unauthenticated:
            actor = None
        except Forbidden as refusal:
            return face(request, 403, refusal.sentence)
        if actor is None:
            return to_sign_in(request)
        request.state.viewer = actor
        speak(language_of(request))
        if not actor.is_admin:
            return face(request, 403, _(ADMINISTRATORS_ONLY))
        return Viewer(actor.display_name, is_administrator=True, language=language())

    def page(
        self, request: Request, *, title: str, section: str, content: Markup, status: int = 200
    ) -> Response:
        """Wrap content in the backstage."""
        wrapped = Hosted(content, section)
        return page(
            request,
            "hosted.html",
            page=wrapped,
            shell=shell(request, title),
            status=status,
        )


def insights_pages(parts: Parts, commands: Mapping[str, Callable[[Ask], Answer]]) -> Starlette:
    """Return the pages over the warehouse of this process."""

    def freshness() -> Freshness:
        status = parts.schedule.status()
        last = status.last.finished_at if status.last else None
        return Freshness(last_sync_at=last, next_sync_at=status.next_at, error=status.error)

    pages = create_insights(
        parts.source,
        ProductShell(parts.database),
        freshness=freshness,
        sync_now=lambda: commands["sync"]({"now": True}),
        held=HeldTables(
            retry=lambda table: commands["retry"]({"table": table}),
            skip=lambda table: commands["skip"]({"table": table}),
        ),
        sync_interval=parts.pipeline.sync_interval,
        suppress_below=parts.pipeline.suppress_below,
        ways=summary_ways(parts),
        summary_language=parts.pipeline.summary_language,
    )
    parts.after_sync.append(pages.state.refresh)  # before anybody looks
    parts.after_sync.append(pages.state.send_summary)
    return pages
