"""The Chromium of the browser tests is the one named, or the first on the path."""

from pathlib import Path

import pytest

from tools.browser import find_chromium


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("chromium", "google-chrome", "my-chrome"):
        path = tmp_path / name
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    return tmp_path


def test_the_one_that_is_named_wins(folder: Path) -> None:
    wanted = str(folder / "my-chrome")

    assert find_chromium({"PATH": str(folder), "COMMANDPOST_CHROME": wanted}) == wanted


def test_a_name_that_is_not_there_is_not_replaced_by_another(folder: Path) -> None:
    wanted = str(folder / "missing")

    assert find_chromium({"PATH": str(folder), "COMMANDPOST_CHROME": wanted}) is None


def test_the_first_known_name_on_the_path_is_taken(folder: Path) -> None:
    assert find_chromium({"PATH": str(folder)}) == str(folder / "chromium")


def test_where_there_is_none_there_is_none(tmp_path: Path) -> None:
    assert find_chromium({"PATH": str(tmp_path)}) is None
