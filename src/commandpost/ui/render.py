"""A template whole, or one block of it: the two ways anything is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2_fragments import render_block
from markupsafe import Markup

from commandpost.kit.words import gettext, language, ngettext
from commandpost.ui.formats import FILTERS
from commandpost.ui.scripts import script_words

FEATURES = ("accounts", "chat", "incidents", "playbooks", "telemetry")
MACROS = "macros"
FLASH_COOKIE = "commandpost_flash"


class Viewer(Protocol):
    """Who looks at a page."""

    @property
    def id(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def display_name(self) -> str: ...
    @property
    def is_admin(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the navigation; `icon` is a name that the macro `icon` knows."""

    label: str
    href: str
    current: bool = False
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """What every page is wrapped in; see base.html."""

    title: str
    viewer: Viewer | None = None
    nav: Sequence[NavEntry] = ()
    flash: Sequence[str] = ()
    topics: str = ""
    theme: str = ""  # light or dark; empty: as the system has it


@cache
def environment() -> Environment:
    """Return the one Jinja environment: strict, escaping, translating, every macro a global."""
    env = Environment(
        loader=_loader(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(language=language, script_words=script_words)
    env.filters.update(FILTERS, translated=gettext)  # of what is no constant of a template
    for name in sorted(env.list_templates(filter_func=lambda n: n.startswith(f"{MACROS}/"))):
        env.globals.update(_macros(env.get_template(name)))
    return env


def _loader() -> FileSystemLoader:
    """Return a loader in which `incidents/list.html` is a file of that feature, the rest of ui."""
    package = Path(__file__).parent.parent
    return FileSystemLoader([package / name / "templates" for name in ("ui", *FEATURES)])


def _macros(template: Template) -> dict[str, Any]:
    module = template.make_module()
    return {
        name: value
        for name in dir(module)
        if not name.startswith("_") and callable(value := getattr(module, name))
    }


def page(
    request: Request, template: str, *, page: object, shell: Shell, status: int = 200
) -> HTMLResponse:
    """Render a template whole. `page` is its documented context, one frozen dataclass."""
    html = environment().get_template(template).render(page=page, shell=shell, request=request)
    response = HTMLResponse(html, status_code=status)
    if shell.viewer is None:
        response.headers["Vary"] = "Accept-Language"  # nobody chose, the browser did
    if shell.flash:
        response.delete_cookie(FLASH_COOKIE)  # a sentence is said once
    return response


def fragment(
    request: Request, template: str, block: str, *, page: object, status: int = 200
) -> HTMLResponse:
    """Render one block of a template alone, for an htmx swap; 422 for a form with messages."""
    html = render_block(environment(), template, block, page=page, request=request)
    return HTMLResponse(html, status_code=status)


def block(template: str, name: str, *, page: object, request: Request) -> Markup:
    """Return one block of a template as markup to put into another page."""
    return Markup(  # noqa: S704 - rendered by the escaping environment
        render_block(environment(), template, name, page=page, request=request)
    )


def by_htmx(request: Request) -> bool:
    """Return whether a page is open at the other end that says a refusal where it was typed."""
    return request.headers.get("hx-request") == "true"


def takes(request: Request, part: str) -> bool:
    """Return whether the part with this DOM id will be seen: htmx may take another of the page."""
    target = request.headers.get("hx-target", "")
    return "#" not in target or target.endswith(f"#{part}")


def wants_fragment(request: Request) -> bool:
    """Return whether htmx asks for a part of a page; it says so when it wants a whole one."""
    return by_htmx(request) and request.headers.get("hx-request-type") != "full"
