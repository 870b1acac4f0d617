"""What of a page no catalogue knows: visible words outside the brackets of a made-up language."""

import re
from gettext import NullTranslations
from html.parser import HTMLParser

from typing_extensions import override

READ_OUT = ("title", "aria-label", "placeholder", "alt", "data-label")
VOID = {"area", "br", "hr", "img", "input", "link", "meta", "wbr"}
# How names of people and what programs say are shown; what people wrote has `dir`.
NOT_OURS = ("person", "who", "avatar", "mono")

# Jinja, what it translates, and blocks that are the value of an attribute.
JINJA = re.compile(
    r"{#.*?#}|{%-? *trans\b.*?endtrans *-?%}"
    r"|{% block body_class %}.*?{% endblock %}|{{.*?}}|{%.*?%}",
    re.DOTALL,
)


class Bracketed(NullTranslations):
    """A language that says everything in brackets."""

    @override
    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    @override
    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    @override
    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧"


def words_outside(html: str) -> set[str]:
    """Return every visible text of a page with a word outside of brackets."""
    page = _Page()
    page.feed(html)
    page.close()
    return page.found


def bare_in(source: str, data: re.Pattern[str]) -> set[str]:
    """Return what a template says without Jinja, in a part that no walk may come past."""
    found = words_outside(data.sub("", JINJA.sub("", source)))
    return {text for text in found if "hx-" not in text}  # attributes made by a macro


class _Page(HTMLParser):
    """Reads texts and attributes that are read out, outside of what is not ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._open: list[tuple[str, bool]] = []
        self._deep = 0  # how many brackets are open; a text may have elements in it

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        ours = self._is_ours() and not _is_foreign(tag, given)
        if ours:
            for name in READ_OUT:
                self._judge(given.get(name, ""), depth=0)
        if tag not in VOID:
            self._open.append((tag, ours))

    @override
    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    @override
    def handle_data(self, data: str) -> None:
        depth = self._deep
        self._deep += data.count("⟦") - data.count("⟧")
        if self._is_ours():
            self._judge(data, depth=depth)

    def _is_ours(self) -> bool:
        return not self._open or self._open[-1][1]

    def _judge(self, text: str, *, depth: int) -> None:
        left = ""
        for character in text:
            depth += {"⟦": 1, "⟧": -1}.get(character, 0)
            left += character if depth == 0 else ""
        if re.search(r"[^\W\d_]{2,}", re.sub(r"@\w+|\bUTC\b", "", left)):
            self.found.add(text.strip())


def _is_foreign(tag: str, given: dict[str, str]) -> bool:
    return (
        tag in {"script", "style", "code", "pre", "bdi", "kbd"}
        or "dir" in given
        or given.get("lang") == "en"
        or not set(given.get("class", "").split()).isdisjoint(NOT_OURS)
    )
