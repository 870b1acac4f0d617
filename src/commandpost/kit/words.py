"""Interface texts in the reader's language, by gettext.

A text stands in English where it is shown, `_("Saved.")`, and is its own id in the catalogues. The
door says which language is read; where none does, as at the console and in REST, it is English.
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
LANGUAGES = {ENGLISH: "English", "de": "Deutsch"}

CATALOGUES: dict[str, NullTranslations] = {ENGLISH: NullTranslations()}  # those read so far
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def speak(language: str) -> None:
    """Answer in this language from now on; its catalogue is read the first time."""
    if language not in CATALOGUES:
        CATALOGUES[language] = read_catalogue(path_of(language), language)
    _language.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while, then again the one before."""
    before = _language.get()
    speak(language)
    try:
        yield
    finally:
        _language.set(before)


def path_of(language: str) -> Path:
    """Return where the texts of a language are."""
    return FOLDER / language / "LC_MESSAGES" / "commandpost.po"


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


def _(text: str, /, **values: object) -> str:
    """Return a text in the reader's language with its `%(name)s` filled in; a `%` is doubled."""
    return gettext(text) % values


def plural(one: str, many: str, num: int, /, **values: object) -> str:
    """Return the form that fits a number, filled in; `%(num)s` is the number."""
    return ngettext(one, many, num) % {"num": num, **values}


def N_(text: str) -> str:  # noqa: N802 - what gettext's tools know as "translate later"
    """Mark a constant; `_` says it when it is shown."""
    return text


def number(value: int) -> str:
    """Return a number with the reader's mark between thousands."""
    return f"{value:,}".replace(",", CATALOGUES[_language.get()].pgettext("thousands", ","))


def preferred(accepted: str) -> str:
    """Return the language of an Accept-Language header that we have and that is liked best."""
    return liked_best(accepted, LANGUAGES.__contains__, otherwise=ENGLISH)
