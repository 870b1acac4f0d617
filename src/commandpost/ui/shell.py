"""What a page is wrapped in: who looks, where they may go, what was just done."""

from urllib.parse import quote, unquote

from fastapi import Request
from fastapi.responses import RedirectResponse

from commandpost.kit.words import N_, _
from commandpost.ui.render import FLASH_COOKIE, NavEntry, Shell, Viewer

BACKSTAGE = (
    (N_("Incidents"), "/backstage/incidents", "incidents"),
    (N_("Playbooks"), "/backstage/playbooks", "playbooks"),
    (N_("Telemetry"), "/backstage/telemetry", "telemetry"),
)
OF_THE_PIPELINE = (
    (N_("Insights"), "/backstage/insights", "insights"),
    (N_("Data plane"), "/backstage/data-plane", "data-plane"),
)
THEME_COOKIE = "commandpost_theme"
THEMES = {"light": N_("light"), "dark": N_("dark")}
PEOPLE = (N_("People"), "/backstage/people", "people")


def shell(request: Request, title: str, *, viewer: Viewer | None = None, topics: str = "") -> Shell:
    """Return the shell of a page; `topics` are what its live regions listen to."""
    if viewer is None:
        viewer = getattr(request.state, "viewer", None)
    return Shell(
        title=title,
        viewer=viewer,
        nav=_nav(request, viewer),
        flash=_flash(request),
        topics=topics,
        theme=theme_of(request),
    )


def theme_of(request: Request) -> str:
    """Return the theme that this browser keeps, so that a page has it before anything is drawn."""
    kept = request.cookies.get(THEME_COOKIE, "")
    return kept if kept in THEMES else ""


def _nav(request: Request, viewer: Viewer | None) -> tuple[NavEntry, ...]:
    path = request.url.path
    return tuple(
        NavEntry(_(label), href, path.startswith(href), icon)
        for label, href, icon in _entries(request, viewer)
    )


def _entries(request: Request, viewer: Viewer | None) -> tuple[tuple[str, str, str], ...]:
    """Return what the viewer may open; a process without the pipeline has none of its pages."""
    if viewer is None or not viewer.is_admin:
        return BACKSTAGE
    hosted = OF_THE_PIPELINE if getattr(request.app.state, "has_pipeline", True) else ()
    return (*BACKSTAGE, *hosted, PEOPLE)


def _flash(request: Request) -> tuple[str, ...]:
    sentence = request.cookies.get(FLASH_COOKIE, "")
    return (unquote(sentence),) if sentence else ()


def done(to: str, sentence: str = "") -> RedirectResponse:
    """Answer a form that worked: 303 to where it shows, with a sentence said once there."""
    response = RedirectResponse(to, status_code=303)
    if sentence:
        response.set_cookie(
            FLASH_COOKIE, quote(sentence), max_age=30, httponly=True, samesite="lax"
        )
    return response
