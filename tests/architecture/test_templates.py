"""No template carries what a strict policy refuses, or scrolls where no key can reach."""

import re
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
JINJA = re.compile(r"{[{%#].*?[}%#]}", re.DOTALL)
IN_MARKUP = {
    "inline script": r"<script(?![^>]*\b(?:src=|type=\"application/json\"))",
    "inline style": r"<style|\sstyle\s*=",
    "inline event handler": r"\son[a-z]+\s*=|\shx-on\b|\shx-on:",
    "address of another server": r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
}
IN_JINJA = {"escaping switched off": r"\|\s*safe\b|autoescape\s+false"}
# Shapes that stand in the same file, and nothing else.
MAY_SWITCH_OFF_ESCAPING = ("commandpost/ui/templates/macros/icons.html",)
CAUGHT = {
    "inline script": '<script>alert("x")</script>',
    "inline style": '<p style="color: red">',
    "inline event handler": '<button onclick="go()">',
    "address of another server": '<img src="//cdn.example/x.png">',
    "escaping switched off": "{{ page.text | safe }}",
}
PASSED = (
    '<script src="/static/live.js" defer></script>',
    '<script type="application/json">{}</script>',
    '<p class="styled" data-style="x">',
    '<button data-on="click">',
    '<a href="/incidents">',
    '{% macro timestamp(at, style="time") -%}',
)


SCROLLS = re.compile(r'<(?:pre\b|\w+[^>]*\sclass="[^"]*\btable-scroll\b)[^>]*>')


def templates() -> dict[str, str]:
    return {
        path.relative_to(SRC).as_posix(): path.read_text("utf-8")
        for path in SRC.glob("*/**/templates/**/*.html")
    }


def out_of_reach(text: str) -> list[str]:
    """Return what may scroll sideways and cannot be focused to scroll it by key."""
    return [tag for tag in SCROLLS.findall(JINJA.sub("x", text)) if ' tabindex="0"' not in tag]


def found_in(text: str) -> list[str]:
    markup = JINJA.sub("x", text)
    return [
        *(name for name, pattern in IN_MARKUP.items() if re.search(pattern, markup, re.IGNORECASE)),
        *(name for name, pattern in IN_JINJA.items() if re.search(pattern, text)),
    ]


def test_no_template_holds_what_the_policy_refuses() -> None:
    found = {name: refused for name, text in templates().items() if (refused := found_in(text))}

    assert templates()
    assert found == {name: ["escaping switched off"] for name in MAY_SWITCH_OFF_ESCAPING}


@pytest.mark.parametrize("name", CAUGHT)
def test_what_is_refused_is_seen(name: str) -> None:
    assert found_in(CAUGHT[name]) == [name]


def test_every_refusal_is_tested() -> None:
    assert set(CAUGHT) == {*IN_MARKUP, *IN_JINJA}


@pytest.mark.parametrize("text", PASSED)
def test_what_is_allowed_passes(text: str) -> None:
    assert found_in(text) == []


def test_what_may_scroll_sideways_is_within_reach_of_keys() -> None:
    assert [name for name, text in templates().items() if out_of_reach(text)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<pre>{{ text }}</pre>", 1),
        ('<pre class="mono">', 1),
        ('<pre\n     tabindex="0">', 0),
        ('<div class="{{ look > 2 }} table-scroll">', 1),
        ('<div id="x"\n     class="table-scroll"\n     tabindex="0"\n     role="region">', 0),
        ('<div class="table-scroll" tabindex="-1">', 1),
        ("<p>preview</p><presence>", 0),
    ],
)
def test_a_region_that_scrolls_is_seen(text: str, found: int) -> None:
    assert len(out_of_reach(text)) == found
