"""Links in the documents lead somewhere, the index lists every page, settings are all told."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import AliasChoices
from pydantic_settings import BaseSettings

from commandpost.accounts.openid import OpenIdSettings
from commandpost.settings import Settings
from commandpost_telemetry.settings import Settings as PipelineSettings

ROOT = Path(__file__).resolve().parents[2]
SETTING = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
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


def variables(kind: type[BaseSettings]) -> Iterator[str]:
    """Return the variables of the environment that a class of settings reads."""
    for name, field in kind.model_fields.items():
        alias = field.validation_alias
        names = alias.choices if isinstance(alias, AliasChoices) else [name]
        yield (
            str(names[-1]) if len(names) > 1 else f"{kind.model_config['env_prefix']}{name}".upper()
        )


def test_every_setting_is_documented_and_none_that_is_not_there() -> None:
    kinds = (Settings, PipelineSettings, OpenIdSettings)
    read = {name for kind in kinds for name in variables(kind)}
    told = SETTING.findall((ROOT / "docs" / "running.md").read_text("utf-8"))

    assert sorted(told) == sorted(read)
