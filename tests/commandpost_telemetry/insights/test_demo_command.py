"""`demo-data` fills an empty warehouse and never touches one that is in use."""

from datetime import datetime
from pathlib import Path

import pytest

from commandpost_telemetry.insights.demo.command import make_demo_data
from commandpost_telemetry.kit.control import CommandFailed, ControlFile
from commandpost_telemetry.settings import Settings


def make(folder: Path, servers: int = 2, days: int = 3) -> int:
    settings = Settings(data_dir=folder)
    return make_demo_data(settings, servers=servers, days=days, seed=7, say=lambda _: None)


def test_an_empty_warehouse_is_filled_and_a_filled_one_is_refused(
    tmp_path: Path, at_noon: datetime
) -> None:
    del at_noon

    assert make(tmp_path) > 0
    with pytest.raises(CommandFailed, match="holds events already"):
        make(tmp_path)


def test_beside_a_running_process_nothing_is_made_up(tmp_path: Path) -> None:
    ControlFile.write(tmp_path, "http://127.0.0.1:1")

    with pytest.raises(CommandFailed, match="A process owns"):
        make(tmp_path)


@pytest.mark.parametrize(("servers", "days"), [(0, 1), (1, 0), (9999, 1), (1, 9999)])
def test_a_wish_without_measure_is_refused(tmp_path: Path, servers: int, days: int) -> None:
    with pytest.raises(CommandFailed, match="Nothing was made up"):
        make(tmp_path, servers, days)
