"""The public telemetry page, generated from the catalogue; docs/telemetry.md is this text."""

import json
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from commandpost.telemetry.record import product_version
from commandpost.telemetry.untracked import UNTRACKED_DEEDS, UNTRACKED_FEATURES
from commandpost.telemetry.view import definitions
from commandpost_telemetry.catalogue.metadata import ENVELOPE, METADATA

TEMPLATES = Path(__file__).parent / "templates" / "telemetry"


@cache
def telemetry_page_text() -> str:
    """Return the page as Markdown, stamped with the version."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown of our own, no input
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["json"] = json.dumps
    template = environment.get_template("telemetry.md")
    return template.render(
        version=product_version(),
        definitions=definitions(),
        metadata=METADATA,
        envelope=ENVELOPE,
        untracked=[*UNTRACKED_DEEDS.values(), *UNTRACKED_FEATURES.values()],
    )


@cache
def telemetry_page_markup() -> Markup:
    """Return the page as markup, for the product itself."""
    rendered = MarkdownIt("commonmark").enable("table").render(telemetry_page_text())
    return Markup(rendered)  # noqa: S704 - made from our own text alone
