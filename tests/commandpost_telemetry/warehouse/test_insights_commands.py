"""`check`, `licences import` and `export` on a warehouse that is no DuckDB file."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from commandpost_telemetry.cli.asking import answer_to, commands_here
from commandpost_telemetry.kit.control import CommandFailed
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination, open_sync
from tests.commandpost_telemetry.warehouse import given

LICENCES = """diagnostic_id,licence_id,customer,edition,starts_on,ends_on
server-1,L-1,Northwind,Team,2026-01-01,2026-12-31
"""
# of fakesnow itself, at every answer
pytestmark = pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result:UserWarning")


@pytest.mark.parametrize("address", ["empty_postgres", "empty_snowflake"])
def test_the_commands_of_insights_work_on_it(
    address: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, warehouse_url=request.getfixturevalue(address))
    started = given.a_message(
        event="CreateIncident",
        userId="server-1",
        properties={"IncidentID": "i1", "CommanderUserID": "ann", "TotalChecklistItems": 3},
    )
    with closing(open_destination(settings)) as destination:
        log = given.MemoryLog([started])
        commands = commands_here(settings, destination, open_sync(settings, log, destination))

        with pytest.raises(CommandFailed, match="Run the sync first"):
            commands["check"]({})
        synced = commands["sync"]({"now": True})
        checked = commands["check"]({})
        imported = commands["licences"]({"text": LICENCES})
        commands["export"]({"name": "servers", "path": str(tmp_path / "servers.csv")})

    assert synced["loaded"] == 1
    assert isinstance(checked["checks"], list)
    titles = {each["check"] for each in checked["checks"]}
    assert titles >= {"No id is empty", "The tables hold what the loads say"}
    assert imported == {"imported": 1}
    written = (tmp_path / "servers.csv").read_text().splitlines()
    assert written[1].startswith("server-1,")
    assert "Northwind" in written[1]


def test_counts_of_few_servers_are_left_out_of_files_where_that_is_set(
    tmp_path: Path, at_noon: datetime
) -> None:
    settings = Settings(data_dir=tmp_path, suppress_below=5)
    with closing(open_destination(settings)) as destination:
        started = given.a_message(event="CreateIncident", properties={"IncidentID": "i1"})
        given.loaded(destination, tmp_path, started)
        commands = commands_here(
            settings, destination, open_sync(settings, given.MemoryLog(), destination)
        )

        commands["export"]({"name": "versions_in_use", "path": str(tmp_path / "versions.csv")})

    header, row = (tmp_path / "versions.csv").read_text().splitlines()
    assert header == "version,servers,share"
    assert row == "unknown,,"


def test_what_the_warehouse_refuses_is_said_and_changes_nothing(
    empty_postgres: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, warehouse_url=empty_postgres)
    answer_to(settings, "sync", {"now": True})
    with closing(open_destination(settings)) as destination:
        given.loaded(destination, tmp_path, given.a_message(event="CreateIncident"))
    too_long = LICENCES.replace("L-1", "L" * 65)

    with pytest.raises(CommandFailed, match=r"The warehouse refused: .*Nothing was changed\."):
        answer_to(settings, "licences", {"text": too_long})

    assert answer_to(settings, "licences", {"text": LICENCES}) == {"imported": 1}
