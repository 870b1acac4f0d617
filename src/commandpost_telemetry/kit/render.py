"""The one way in which templates of the pipeline are read: strict, escaping, translating."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from commandpost_telemetry.kit.words import gettext, language, ngettext


def translating(templates: Path) -> Environment:
    """Return an environment over a folder; undefined names are errors."""
    made = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    made.policies["ext.i18n.trimmed"] = True
    made.globals.update(language=language)
    made.filters.update(translated=gettext)  # of what is no constant of a template
    return made
