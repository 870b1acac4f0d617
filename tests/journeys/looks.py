"""How a page looks and whether everybody can use it: pictures of it, and what axe says."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "screenshots"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {1440: 900, 360: 740}
SCHEMES = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Practices, not rules: a phone shows one pane at a time, and dialogs stand beside the panes.
PASSED_OVER = {
    rule: {"enabled": False} for rule in ("region", "landmark-one-main", "page-has-heading-one")
}
# Layout depends on the width and colours on the scheme; these two see both, in half the time.
EXAMINED = {(1440, "light"), (360, "dark")}

SMALLEST = 10.9  # pixels of a letter in a drawing, as it is shown
_TINY = """smallest => [...document.querySelectorAll("svg text")].filter(text => {
  const shown = text.getScreenCTM(), style = getComputedStyle(text);
  return text.getClientRects().length && parseFloat(style.fontSize) * shown.a < smallest;
}).map(text => text.textContent)"""


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands, one line each."""
    page.evaluate(_axe())
    options = {"runOnly": RULES, "rules": PASSED_OVER, "resultTypes": ["violations"]}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def look(
    page: Page, name: str, *, whole: bool = False, briefly: bool = False
) -> dict[str, list[str]]:
    """Take pictures at both widths in both schemes; return what axe finds in each, if anything.

    Who looks briefly takes no pictures, and looks only where axe does.
    """
    PICTURES.mkdir(exist_ok=True)
    before = page.viewport_size
    found: dict[str, list[str]] = {}
    looks = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
    for width, scheme in looks:
        if briefly and (width, scheme) not in EXAMINED:
            continue
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        page.evaluate("() => document.fonts.ready.then(() => true)")
        page.evaluate("() => new Promise(requestAnimationFrame)")
        if not briefly:
            page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=whole)
        examined = violations(page) if (width, scheme) in EXAMINED else []
        if complaints := [*examined, *overflow(page), *tiny(page)]:
            found[f"{name}-{width}-{scheme}"] = complaints
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(before or {"width": 1440, "height": 900})
    return found


def overflow(page: Page) -> list[str]:
    """Return whether the page scrolls sideways, which none should."""
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
    return ["the page scrolls sideways"] if wide else []


def tiny(page: Page) -> list[str]:
    """Return the words of drawings that are too small to be read."""
    found: list[str] = page.evaluate(_TINY, SMALLEST)
    return [f"too small to be read: {text}" for text in found]
