"""What a post becomes: formatted, linked, and never dangerous."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from typing_extensions import override

from commandpost.chat.markdown import MOST_CELLS, MOST_OPENERS, Names, render

KNOWN = Names(
    frozenset({"ann", "ben.x", "all", "here"}),
    {"ops": "c1", "町": "c2"},
    mine=frozenset({"ann", "all", "zoe"}),
)
REL = 'rel="nofollow noopener"'
PARTS = [*"<>\"'&;:/\\()[]!`*_~#|@ax1 \n=", "script", " onload=", "javascript:", "https://", "@ann"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**now** and `code`", "<p><strong>now</strong> and <code>code</code></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("# Big", '<p class="heading"><strong>Big</strong></p>\n'),
        ("```py\nx < 1\n```", "<pre><code>x &lt; 1\n</code></pre>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("<b>no</b>", "<p>&lt;b&gt;no&lt;/b&gt;</p>\n"),
        ("100 % sure", "<p>100 % sure</p>\n"),
        (
            "@ann and @Ben.X.",
            (
                f'<p><a href="/people/ann" class="mention me" {REL}>@ann</a> and '
                f'<a href="/people/ben.x" class="mention" {REL}>@Ben.X</a>.</p>\n'
            ),
        ),
        (
            "@all, @HERE and @channel",
            (
                '<p><span class="mention me">@all</span>, <span class="mention">@HERE</span> '
                "and @channel</p>\n"
            ),
        ),
        ("@stranger a@ann.org ~5 ~other", "<p>@stranger a@ann.org ~5 ~other</p>\n"),
        (
            "~ops ~町",
            (
                f'<p><a href="/channels/c1" class="mention" {REL}>~ops</a> '
                f'<a href="/channels/c2" class="mention" {REL}>~町</a></p>\n'
            ),
        ),
        ("`@ann`", "<p><code>@ann</code></p>\n"),
        (
            "(see https://e.org/a_b?c=d).",
            f'<p>(see <a href="https://e.org/a_b?c=d" {REL}>https://e.org/a_b?c=d</a>).</p>\n',
        ),
        (
            "https://e.org/@ann/x",
            f'<p><a href="https://e.org/@ann/x" {REL}>https://e.org/@ann/x</a></p>\n',
        ),
        ("[@ann](https://e.org)", f'<p><a href="https://e.org" {REL}>@ann</a></p>\n'),
        (
            "![a <pic>](https://e.org/p.png)",
            f'<p><a href="https://e.org/p.png" {REL}>a &lt;pic&gt;</a></p>\n',
        ),
        ("![](https://e.org/p.png)", f'<p><a href="https://e.org/p.png" {REL}>picture</a></p>\n'),
    ],
)
def test_a_post_is_shown(text: str, html: str) -> None:
    assert render(text, KNOWN) == html


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "[x](https://e.org \"' onclick='alert(1)\")",
        "`<script>alert(1)</script>`",
        "| <script> |\n|-|\n| <img src=x onerror=y> |",
        '@ann" onclick="x',
        "~ops<script>",
        'https://e.org/"onmouseover="x',
    ],
)
def test_nothing_dangerous_comes_through(text: str) -> None:
    assert dangers_in(render(text, KNOWN)) == []


@given(st.lists(st.sampled_from(PARTS)).map("".join))
def test_no_text_at_all_is_dangerous(text: str) -> None:
    assert dangers_in(render(text, KNOWN)) == []


@pytest.mark.parametrize("part", ["[", "*a", "> ", "`", "![](", "- ", "<", "~~", "|a", "_a_"])
def test_endless_nesting_ends(part: str) -> None:
    assert render((part * 16_000)[:16_000], KNOWN)


@pytest.mark.parametrize(("opener", "most"), MOST_OPENERS.items())
def test_a_text_of_too_many_openers_is_shown_as_it_was_typed(opener: str, most: int) -> None:
    formatted = render("**a**\n\n" + f"{opener} " * (most - 4), KNOWN)
    typed = render(f"**@ann**\n<i>\n{opener * (most + 1)}", KNOWN)

    assert formatted.startswith("<p><strong>a</strong></p>")
    assert typed == f"<p>**@ann**<br>\n&lt;i&gt;<br>\n{escape(opener) * (most + 1)}</p>\n"


@pytest.mark.parametrize(("columns", "rows"), [(1, MOST_CELLS), (100, MOST_CELLS // 100)])
def test_a_table_of_too_many_cells_is_shown_as_it_was_typed(columns: int, rows: int) -> None:
    head = "|a" * columns + "|\n" + "|-" * columns + "|\n"

    small = render(head + "b\n", KNOWN)
    large = render(head + "b\n" * rows, KNOWN)

    assert small.count("<td>") == columns
    assert large.startswith("<p>|a")


def test_a_text_of_too_many_quotes_is_shown_as_it_was_typed() -> None:
    mail = render("> a line of a mail\n" * 300, KNOWN)
    chat = render("> 1)\na\n\n" * 100, KNOWN)
    endless = render(">1)\na\n" * 2000, KNOWN)
    arrows = render("x -> y\n" * 1000, KNOWN)

    assert (mail.count("<blockquote>"), mail.count("<br>")) == (1, 299)
    assert chat.count("<blockquote>") == 100
    assert endless.startswith("<p>&gt;1)<br>\na<br>")
    assert arrows.count("<br>") == 999


class Looking(HTMLParser):
    """Notes every tag, attribute and address that has no business in a post."""

    TAGS = frozenset(
        {"p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a"}
        | {"table", "thead", "tbody", "tr", "th", "td", "span"}
    )

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.TAGS:
            self.found.append(tag)
        for name, value in attrs:
            if name not in {"href", "title", "class", "rel", "start"}:
                self.found.append(name)
            if name == "href" and not re.match(r"(https?:|mailto:|/|[^:]*$)", value or ""):
                self.found.append(value or "")


def dangers_in(html: str) -> list[str]:
    looking = Looking()
    looking.feed(html)
    return looking.found
