"""Links in the documents lead somewhere, and the index lists every page."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?://|mailto:|#)(?P<target>[^)#\s]+)")


def documents() -> list[Path]:
    return [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/**/*.md")]


def links(page: Path) -> list[str]:
    return LINK.findall(page.read_text("utf-8"))


def test_links_lead_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in documents()
        for target in links(page)
        if not (page.parent / target).exists()
    ]

    assert broken == []


def test_the_index_lists_every_page() -> None:
    listed = {(ROOT / "docs" / target).resolve() for target in links(ROOT / "docs" / "README.md")}
    pages = {page.resolve() for page in ROOT.glob("docs/*.md")}

    assert pages - listed == {(ROOT / "docs" / "README.md").resolve()}


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"

    assert set(links(folder / "README.md")) == {page.name for page in folder.glob("0*.md")}
