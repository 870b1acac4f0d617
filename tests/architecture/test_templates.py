"""No template carries script or style that a strict content security policy would refuse."""

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


def found_in(text: str) -> list[str]:
    markup = JINJA.sub("x", text)
    return [
        *(name for name, pattern in IN_MARKUP.items() if re.search(pattern, markup, re.IGNORECASE)),
        *(name for name, pattern in IN_JINJA.items() if re.search(pattern, text)),
    ]


def test_no_template_holds_what_the_policy_refuses() -> None:
    templates = {
        path.relative_to(SRC).as_posix(): path.read_text("utf-8")
        for path in SRC.glob("*/**/templates/**/*.html")
    }
    found = {name: refused for name, text in templates.items() if (refused := found_in(text))}

    assert templates
    assert found == {name: ["escaping switched off"] for name in MAY_SWITCH_OFF_ESCAPING}


@pytest.mark.parametrize("name", CAUGHT)
def test_what_is_refused_is_seen(name: str) -> None:
    assert found_in(CAUGHT[name]) == [name]


def test_every_refusal_is_tested() -> None:
    assert set(CAUGHT) == {*IN_MARKUP, *IN_JINJA}


@pytest.mark.parametrize("text", PASSED)
def test_what_is_allowed_passes(text: str) -> None:
    assert found_in(text) == []
