"""What the command line asks of Insights: check, licences, export."""

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from commandpost_telemetry.insights.commands import insights_commands
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.kit.control import Answer, Ask, CommandFailed
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost_telemetry.insights.given import a_month


def ask(source: DuckDBSource, command: str, question: Ask) -> Answer:
    return insights_commands(source, sync_interval=1800.0)[command](question)


@pytest.fixture
def loaded(source: DuckDBSource, warehouse: DuckDBDestination) -> DuckDBSource:
    a_month().into(warehouse.cursor())
    return source


def test_check_says_what_is_broken(loaded: DuckDBSource) -> None:
    answer = ask(loaded, "check", {})

    assert answer["fine"] is False  # no load says that it added these rows
    assert isinstance(answer["checks"], list)
    assert {"check": "No id is empty", "verdict": "fine", "found": ""} in answer["checks"]


def test_licences_are_imported_and_a_wrong_file_is_refused(loaded: DuckDBSource) -> None:
    text = (
        "diagnostic_id,licence_id,customer,edition,starts_on,ends_on\n"
        "s1,L-1,Northwind,Team,2026-01-01,2026-12-31\n"
    )

    assert ask(loaded, "licences", {"text": text}) == {"imported": 1}
    with pytest.raises(CommandFailed, match="The first line must be"):
        ask(loaded, "licences", {"text": "nonsense"})


def test_a_metric_and_a_model_are_exported(loaded: DuckDBSource, tmp_path: Path) -> None:
    metric, model = tmp_path / "starts.csv", tmp_path / "servers.parquet"
    words = {"from": "2026-11-01", "to": "2026-11-24", "by": "month"}

    ask(loaded, "export", {"name": "incidents_started_ended", "path": str(metric), **words})
    ask(loaded, "export", {"name": "servers", "path": str(model)})

    assert metric.read_text() == "bucket,started,ended\n2026-11-01,3,2\n"
    assert model.stat().st_size > 0


@pytest.mark.parametrize(
    ("name", "path", "sentence"),
    [
        ("servers", "servers.xlsx", "must end in .csv, .parquet or .json"),
        ("mean", "mean.csv", "There is no metric or model “mean”. Known are: active_servers"),
        ("servers", "nowhere/servers.csv", "No such file"),
    ],
)
def test_what_cannot_be_exported_is_said(
    loaded: DuckDBSource, tmp_path: Path, name: str, path: str, sentence: str
) -> None:
    with pytest.raises(CommandFailed, match=sentence):
        ask(loaded, "export", {"name": name, "path": str(tmp_path / path)})


def test_before_the_first_load_every_command_says_so(at_noon: datetime) -> None:
    del at_noon
    with duckdb.connect() as connection, pytest.raises(CommandFailed, match="Run the sync first"):
        ask(DuckDBSource(connection.cursor), "check", {})
