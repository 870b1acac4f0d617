"""Markdown to HTML that is safe to show: parsed, then cleaned by a second library.

Names and channels become links only when the caller knows them, so that `user@host` and `~5` stay
text. Pictures become links: nothing is fetched from elsewhere because somebody wrote a post.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from commandpost.chat.rules import BEHIND_A_NAME, CHANNEL_LINK, EVERYBODY, MENTION

ADDRESS = re.compile(r"(?<![\w/])https?://[^\s<>\"'`]+")
QUOTE = re.compile(r"(?m)^[ \t>*+.)\d-]*>")
TRAILING = ".,;:!?)]}*_~”"
MOST_NESTED = 20
MOST_OPENERS = {"[": 500, "*": 2000, "_": 2000, "~": 2000, "`": 2000, "<": 2000}
MOST_CELLS = 4000
MOST_QUOTED = 100_000
"""Beyond these a text costs the parser more than it is worth; it is shown as it was typed."""

_TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"),
    *("table", "thead", "tbody", "tr", "th", "td", "span"),
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    allowed_classes={"a": {"mention", "me"}, "span": {"mention", "me"}, "p": {"heading"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow noopener",
)


@dataclass(frozen=True, slots=True)
class Names:
    """What a text may name: people, everybody, and channel addresses with their ids."""

    usernames: frozenset[str] = frozenset()
    channels: Mapping[str, str] = field(default_factory=dict)
    mine: frozenset[str] = frozenset()
    """Those of the names that mean who reads."""


NOBODY = Names()


def render(text: str, names: Names = NOBODY) -> Markup:
    """Return a post as HTML."""
    people = frozenset(n for n in _named(MENTION, text) if n in names.usernames)
    channels = tuple(
        (n, names.channels[n]) for n in sorted(_named(CHANNEL_LINK, text)) if n in names.channels
    )
    return _render(text, people, channels, people & names.mine)


@lru_cache(maxsize=512)
def _render(
    text: str,
    people: frozenset[str],
    channels: tuple[tuple[str, str], ...],
    mine: frozenset[str],
) -> Markup:
    if _costs_too_much(text):
        return _as_typed(text)
    env = {"people": people, "channels": dict(channels), "mine": mine}
    html = _PARSER.render(text, env)
    return Markup(_CLEANER.clean(html))  # noqa: S704 - cleaned on this very line


def _costs_too_much(text: str) -> bool:
    if _cells(text) > MOST_CELLS or _quoted(text) > MOST_QUOTED:
        return True
    return any(text.count(opener) > most for opener, most in MOST_OPENERS.items())


def _cells(text: str) -> int:
    """Return how many cells its tables may have: each row is filled up to the head's width."""
    if "|" not in text:
        return 0
    lines = text.splitlines()
    under_heads = (line for line in lines if "-" in line and not line.strip(" \t>|:-"))
    return max((line.count("|") + 1 for line in under_heads), default=0) * len(lines)


def _quoted(text: str) -> int:
    """Return how many lines its quotes may be looked for in: each of them through all lines."""
    return len(QUOTE.findall(text)) * text.count("\n")


def _as_typed(text: str) -> Markup:
    return Markup("<p>{}</p>\n").format(Markup("<br>\n").join(text.splitlines()))


def _named(pattern: re.Pattern[str], text: str) -> set[str]:
    return {m.group(1).rstrip(BEHIND_A_NAME).casefold() for m in pattern.finditer(text)}


# ── our own links, put into the text that the parser found ──────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Link:
    """A part of a text that becomes a link, or a mark where there is nowhere to go."""

    start: int
    end: int
    href: str
    css: str = ""


def _link_up(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = list(_linked(token.children, state.env))


def _linked(tokens: Sequence[Token], env: EnvType) -> Iterator[Token]:
    inside_link = 0
    for token in tokens:
        inside_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not inside_link:
            yield from _pieces(token, env)
        else:
            yield token


def _pieces(token: Token, env: EnvType) -> Iterator[Token]:
    text, position = token.content, 0
    for link in sorted(_links_in(text, env), key=lambda found: found.start):
        if link.start < position:
            continue  # a name inside an address
        yield _text(text[position : link.start])
        yield from _anchor(text[link.start : link.end], link)
        position = link.end
    yield _text(text[position:])


def _links_in(text: str, env: EnvType) -> Iterator[_Link]:
    for m in ADDRESS.finditer(text):
        address = m.group().rstrip(TRAILING)
        yield _Link(m.start(), m.start() + len(address), address)
    for m in MENTION.finditer(text):
        raw = m.group(1).rstrip(BEHIND_A_NAME)
        name = raw.casefold()
        if name in env["people"]:
            css = "mention me" if name in env["mine"] else "mention"
            href = "" if name in EVERYBODY else f"/people/{name}"
            yield _Link(m.start(), m.start() + 1 + len(raw), href, css)
    for m in CHANNEL_LINK.finditer(text):
        raw = m.group(1).rstrip(BEHIND_A_NAME)
        name = raw.casefold()
        if name in env["channels"]:
            href = f"/channels/{env['channels'][name]}"
            yield _Link(m.start(), m.start() + 1 + len(raw), href, "mention")


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _anchor(content: str, link: _Link) -> Iterator[Token]:
    tag = "a" if link.href else "span"
    said = {"href": link.href, "class": link.css}
    attrs: dict[str, str | int | float] = {name: value for name, value in said.items() if value}
    yield Token("link_open", tag, 1, attrs=attrs)
    yield _text(content)
    yield Token("link_close", tag, -1)


# ── how some tokens are written ─────────────────────────────────────────────────────────────


def _picture(
    _self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    """Write a picture as a link to it."""
    token = tokens[index]
    anchor = Token("link_open", "a", 1, attrs={"href": token.attrGet("src") or ""})
    return f"{_open(anchor)}{_escape(token.content or 'picture')}</a>"


def _open(token: Token) -> str:
    return f"<{token.tag}{RendererHTML.renderAttrs(token)}>"


def _escape(text: str) -> str:
    return str(Markup.escape(text))


def _as(html: str) -> Callable[..., str]:
    return lambda *_arguments: html


def _parser() -> MarkdownIt:
    options = {"html": False, "breaks": True, "maxNesting": MOST_NESTED}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.core.ruler.push("commandpost_links", _link_up)
    parser.add_render_rule("image", _picture)
    # A post never takes part in the page's own outline of headings.
    parser.add_render_rule("heading_open", _as('<p class="heading"><strong>'))
    parser.add_render_rule("heading_close", _as("</strong></p>\n"))
    return parser


_PARSER = _parser()
