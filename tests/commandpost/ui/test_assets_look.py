"""The look keeps its promises: readable colours, files that exist, macros that are documented."""

import re
from itertools import product
from pathlib import Path

import pytest

from commandpost.ui import render

UI = Path(render.__file__).parent
STATIC = UI / "static"
CSS = (STATIC / "commandpost.css").read_text("utf-8")
README = (UI / "README.md").read_text("utf-8")
MACRO = re.compile(r"{%-? macro ([a-z]\w*)\((.*?)\) -?%}", re.DOTALL)
MARKED = re.compile(r'_\(("[^"]*")\)')  # a text in the reader's language
TEXT = 4.5  # WCAG 2.2, 1.4.3
PART = 3.0  # 1.4.11: what one must see to use a control

ON_PAPER = ("bg", "surface", "raised", "hover")
READABLE = [
    *product(("text", "muted"), ON_PAPER),
    *product(("accent", "danger", "ongoing", "done", "warning"), ("surface", "raised")),
    *((name, f"{name}-soft") for name in ("ongoing", "done", "warning", "danger")),
    ("accent", "accent-soft"),
    ("text", "accent-soft"),
    ("text", "danger-soft"),
    ("text", "done-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("rail-text", "rail"),
    ("rail-text", "rail-hover"),
    ("rail-strong", "rail-active"),
]
SEEN = [*product(("edge", "accent"), ("surface", "bg"))]


def tokens(scheme: int) -> dict[str, str]:
    """Return the colours by name: 0 is light, 1 is dark."""
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", CSS)
    plain = re.findall(r"--([\w-]+): (#\w+);", CSS)
    return dict(plain) | {name: (light, dark)[scheme] for name, light, dark in pairs}


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(scheme: int) -> None:
    colours = tokens(scheme)

    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in READABLE}

    assert {pair: ratio for pair, ratio in found.items() if ratio < TEXT} == {}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_control_can_be_seen(scheme: int) -> None:
    colours = tokens(scheme)

    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in SEEN}

    assert {pair: ratio for pair, ratio in found.items() if ratio < PART} == {}


def test_every_avatar_can_be_read() -> None:
    hues = dict(re.findall(r"\.(hue-\w+) { background: (#\w+) }", CSS))

    assert sorted(hues) == [*(f"hue-{number}" for number in range(8)), "hue-bot"]
    assert {hue: c for hue, c in hues.items() if contrast(c, "#ffffff") < TEXT} == {}


def test_black_on_white_is_the_greatest_contrast() -> None:
    assert (contrast("#000000", "#ffffff"), contrast("#ffffff", "#ffffff")) == (21.0, 1.0)


def test_every_file_that_a_page_asks_for_exists() -> None:
    base = (UI / "templates" / "base.html").read_text("utf-8")
    asked = re.findall(r'(?:href|src)="/static/([^"]+)"', base)
    scripts = [path for path in STATIC.rglob("*.js") if "vendor" not in path.parts]
    imports = [
        path.parent / name
        for path in scripts
        for name in re.findall(r'(?:from|import) "([^"]+)"', path.read_text("utf-8"))
    ]

    made = ("vendor/",)  # tools/assets.py makes it
    assert [name for name in asked if not (STATIC / name).exists() and made[0] not in name] == []
    assert [path for path in imports if not path.exists()] == []


def test_every_script_is_asked_for_once() -> None:
    entry = (STATIC / "commandpost.js").read_text("utf-8")
    parts = {path.name for path in (STATIC / "parts").glob("*.js")}

    assert parts - set(re.findall(r'"\./parts/([^"]+)"', entry)) == {
        "completion.js",
        "edges.js",
        "say.js",
        "words.js",
    }  # others import it


def test_every_macro_is_documented_with_all_it_takes() -> None:
    macros = [
        f"{name}({' '.join(takes.split())})"
        for path in sorted((UI / "templates" / "macros").glob("*.html"))
        for name, takes in MACRO.findall(MARKED.sub(r"\1", path.read_text("utf-8")))
    ]

    assert len(macros) > 20
    assert [call for call in macros if call not in README] == []


def test_every_icon_is_documented() -> None:
    shapes = re.findall(
        r'^ {4}"([a-z-]+)": \'<',
        (UI / "templates/macros/icons.html").read_text("utf-8"),
        re.MULTILINE,
    )

    listed = re.search(r"\| `icon\([^`]*\)` \| `([^`]+)`", README)
    assert listed
    assert sorted(shapes) == sorted(listed[1].split())


def test_no_script_evaluates_text() -> None:
    texts = {p: p.read_text("utf-8") for p in STATIC.rglob("*.js") if "vendor" not in p.parts}

    assert [p.name for p, text in texts.items() if re.search(r"\beval\(|new Function", text)] == []
