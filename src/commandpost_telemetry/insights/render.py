"""Turns the dataclass of a page into markup; macros are globals, undefined names are errors."""

from functools import cache
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from commandpost_telemetry.insights.formats import named
from commandpost_telemetry.kit.formats import day, minute
from commandpost_telemetry.kit.render import translating

_TEMPLATES = Path(__file__).parent / "templates"
_MACROS = ("insights/_chart.html", "insights/_panel.html")


@cache
def environment() -> Environment:
    """Return the one environment of these pages."""
    made = translating(_TEMPLATES)
    made.filters.update(day=day, minute=minute, named=named)
    for name in _MACROS:
        module = made.get_template(name).make_module()
        made.globals.update(
            {word: getattr(module, word) for word in dir(module) if not word.startswith("_")}
        )
    return made


def render(template: str, page: object) -> Markup:
    """Return a page as markup to be put into the shell."""
    html = environment().get_template(f"insights/{template}").render(page=page)
    return Markup(html)  # noqa: S704 - rendered by the escaping environment
