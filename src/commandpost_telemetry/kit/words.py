"""Words of the pages in the reader's language, by gettext.

A text stands in English where it is shown, `_("Saved.")`, and is its own id in the catalogues. The
shell of a page says what its reader reads; the command line, files and logs are in English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations
from pathlib import Path

from commandpost_telemetry.kit.accepted import liked_best
from commandpost_telemetry.kit.catalogues import read_catalogue

FOLDER = Path(__file__).parent.parent / "languages"
ENGLISH = "en"

CATALOGUES: dict[str, NullTranslations] = {ENGLISH: NullTranslations()}  # those read so far
_language: ContextVar[str] = ContextVar("telemetry_language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while; one without a catalogue is said in English."""
    if language not in CATALOGUES:
        CATALOGUES[language] = _read(path_of(language), language)
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def _read(path: Path, language: str) -> NullTranslations:
    return read_catalogue(path, language) if path.exists() else NullTranslations()


def path_of(language: str) -> Path:
    """Return where the texts of a language are."""
    return FOLDER / language / "LC_MESSAGES" / "commandpost_telemetry.po"


def language() -> str:
    """Return the language that is spoken here."""
    return _language.get()


def gettext(text: str) -> str:
    """Return a text as it stands in the catalogue, its placeholders still in it; for templates."""
    if not text:
        return ""  # in a catalogue the empty text is the head
    return CATALOGUES[_language.get()].gettext(text)


def ngettext(one: str, many: str, num: int) -> str:
    """Return the form that fits a number, its placeholders still in it; for templates."""
    return CATALOGUES[_language.get()].ngettext(one, many, num)


def pgettext(context: str, text: str) -> str:
    """Return what a text of few letters is in one context, such as a mark between digits."""
    return CATALOGUES[_language.get()].pgettext(context, text)


def _(text: str, /, **values: object) -> str:
    """Return a text in the reader's language with its `%(name)s` filled in; a `%` is doubled."""
    return gettext(text) % values


def plural(one: str, many: str, num: int, /, **values: object) -> str:
    """Return the form that fits a number, filled in; `%(num)s` is the number."""
    return ngettext(one, many, num) % {"num": num, **values}


def N_(text: str) -> str:  # noqa: N802 - what gettext's tools know as "translate later"
    """Mark a constant; `gettext` says it when it is shown."""
    return text


def preferred(accepted: str) -> str:
    """Return the language of an Accept-Language header that has a catalogue and is liked best."""
    return liked_best(accepted, _is_known, otherwise=ENGLISH)


def _is_known(tag: str) -> bool:
    return tag == ENGLISH or (tag.isalpha() and path_of(tag).exists())
