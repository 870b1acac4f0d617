"""What npm brings ends where the pages look for it, and comes again only when asked for."""

import json
import shutil
from pathlib import Path

import pytest

from tools import assets

RANGES = {"latin": "U+0000-00FF", "latin-ext": "U+0100-02BA", "cyrillic": "U+0400-045F"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree as npm leaves it, with a few bytes for each file."""
    modules = tmp_path / assets.MODULES
    fonts = [f"{assets.FONT}/files/inter-{subset}-wght-normal.woff2" for subset in assets.SUBSETS]
    tested = [f"{package}/package.json" for package in assets.FOR_TESTS]
    for name in (*assets.FILES, *fonts, *tested):
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(name, "utf-8")
    (modules / assets.FONT / "unicode.json").write_text(json.dumps(RANGES), "utf-8")
    (tmp_path / "package-lock.json").write_text("{}", "utf-8")
    return tmp_path


def test_what_npm_brought_is_published_whole(root: Path) -> None:
    assets.publish(root)

    assert sorted(path.name for path in (root / assets.VENDOR).iterdir()) == [
        "htmx-license.txt",
        "htmx.min.js",
        "inter-cyrillic.woff2",
        "inter-latin-ext.woff2",
        "inter-latin.woff2",
        "inter-license.txt",
        "inter.css",
        "stamp",
    ]
    assert list((root / assets.VENDOR).parent.iterdir()) == [root / assets.VENDOR]


def test_a_second_publication_replaces_the_first(root: Path) -> None:
    assets.publish(root)
    (root / assets.VENDOR / "left over.js").write_text("old", "utf-8")

    assets.publish(root)

    assert not (root / assets.VENDOR / "left over.js").exists()


def test_what_is_published_is_current(root: Path) -> None:
    assert not assets.is_current(root)

    assets.publish(root)

    assert assets.is_current(root)


def test_another_lock_file_asks_for_the_packages_again(root: Path) -> None:
    assets.publish(root)

    (root / "package-lock.json").write_text('{"lockfileVersion": 3}', "utf-8")

    assert not assets.is_current(root)


@pytest.mark.parametrize("name", [str(assets.VENDOR / "inter.css"), "node_modules/axe-core"])
def test_a_missing_file_asks_for_the_packages_again(root: Path, name: str) -> None:
    assets.publish(root)

    target = root / name
    shutil.rmtree(target) if target.is_dir() else target.unlink()

    assert not assets.is_current(root)


@pytest.mark.parametrize("name", assets.FOR_TESTS)
def test_who_only_runs_it_does_not_miss_what_tests_want(root: Path, name: str) -> None:
    assets.publish(root)

    shutil.rmtree(root / assets.MODULES / name)

    assert assets.is_current(root, for_tests=False)
    assert not assets.is_current(root)


def test_what_tests_want_comes_with_the_environment_of_who_develops(root: Path) -> None:
    (root / ".venv").mkdir()
    before = assets.is_for_tests(root)

    (root / ".venv" / "commandpost-dev.sha256").touch()

    assert (before, assets.is_for_tests(root)) == (False, True)


def test_the_style_sheet_names_each_font_with_its_letters(root: Path) -> None:
    assets.publish(root)

    css = (root / assets.VENDOR / "inter.css").read_text("utf-8")
    assert [
        subset
        for subset in assets.SUBSETS
        if f'"inter-{subset}.woff2"' in css and f"unicode-range: {RANGES[subset]} " in css
    ] == list(assets.SUBSETS)


def test_npm_that_fails_leaves_a_sentence_and_the_old_files(root: Path) -> None:
    assets.publish(root)
    (root / "package-lock.json").write_text("not JSON", "utf-8")

    with pytest.raises(assets.AssetsError, match="could not be brought; what was there is kept"):
        assets.install(root)

    assert (root / assets.VENDOR / "htmx.min.js").exists()


def test_the_wheel_brings_an_npm_of_its_own() -> None:
    (command, environment) = list(assets.npms())[-1]

    assert Path(command[0]).name == "node"
    assert Path(command[1]).exists()
    assert environment["PATH"].startswith(str(Path(command[0]).parent))


def test_without_a_node_on_the_machine_that_of_the_wheel_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")

    node = assets.find_node()

    assert node is not None
    assert Path(node).is_file()


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((assets.ROOT / "package-lock.json").read_text("utf-8"))

    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
