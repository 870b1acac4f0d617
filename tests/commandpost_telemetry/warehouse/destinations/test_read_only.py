"""The recipes of the documentation for other tools: every model is read, nothing is written."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import psycopg
import pytest
import sqlglot
from psycopg import sql
from psycopg.conninfo import make_conninfo

from commandpost_telemetry.insights.connect import open_source
from commandpost_telemetry.insights.export import model_file
from commandpost_telemetry.insights.models.catalogue import all_models, find_model
from commandpost_telemetry.insights.panels import Suppression
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination
from tests.commandpost_telemetry.warehouse import given

PAGE = Path("docs/insights.md").read_text(encoding="utf-8")
READER = "insights_reader"


def recipe(tool: str, language: str) -> str:
    """The first code that the page has for a warehouse."""
    found = re.search(rf"\*\*{tool}[.*].*?```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found.group(1).replace("…", "secret")


def filled(settings: Settings) -> None:
    """Make the models over one incident."""
    started = given.a_message(event="CreateIncident", properties={"IncidentID": "i1"})
    with closing(open_destination(settings)) as destination:
        given.loaded(destination, settings.data_dir, started)
        Upkeep(open_source(settings, destination)).refresh()


@pytest.fixture
def owner(empty_postgres: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(empty_postgres, autocommit=True) as connection:
        yield connection
        for statement in ("DROP OWNED BY {}", "DROP ROLE {}"):
            connection.execute(sql.SQL(statement).format(sql.Identifier(READER)))


def test_on_postgres_every_model_is_read_even_one_made_anew(
    empty_postgres: str, owner: psycopg.Connection, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, warehouse_url=empty_postgres)
    filled(settings)
    owner.execute(recipe("PostgreSQL", "sql").encode())
    owner.execute("UPDATE insights.model_state SET definition = 'old'")
    filled(settings)

    url = make_conninfo(empty_postgres, user=READER, password="secret")
    with psycopg.connect(url, autocommit=True) as reader:
        counts = {
            model.name: reader.execute(
                sql.SQL("SELECT COUNT(*) FROM insights.{}").format(sql.Identifier(model.name))
            ).fetchall()
            for model in all_models()
        }
        for refused in (
            b"DELETE FROM insights.incidents",
            b"INSERT INTO insights.playbooks SELECT * FROM insights.playbooks",
            b"CREATE TABLE insights.mine (id TEXT)",
            b"DROP TABLE insights.incidents",
            b"SELECT * FROM main.tracks",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(refused)

    assert counts["incidents"] == [(1,)]


def test_on_duckdb_the_file_is_read_and_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(Settings(data_dir=tmp_path))
    assert 'duckdb.connect("warehouse.duckdb", read_only=True)' in PAGE
    monkeypatch.chdir(tmp_path)

    with duckdb.connect("warehouse.duckdb", read_only=True) as reader:
        found = reader.execute("SELECT incident_id FROM insights.incidents").fetchall()
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            reader.execute("DELETE FROM insights.incidents")

    assert found == [("i1",)]


def test_an_exported_file_is_read_as_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path)
    filled(settings)
    with closing(open_destination(settings)) as destination:
        source = open_source(settings, destination)
        servers = find_model("servers")
        assert servers
        content = model_file(source, servers, "parquet", Suppression())
    (tmp_path / "servers.parquet").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    said = re.search(r'duckdb\.sql\("(.*)"\)', recipe("DuckDB", "python"))
    assert said

    with duckdb.connect() as notebook:
        assert notebook.execute(said.group(1)).fetchall() == [("unlicensed", 1)]


def test_on_snowflake_the_reader_is_given_nothing_but_to_use_and_to_select() -> None:
    statements = [each.strip() for each in recipe("Snowflake", "sql").split(";") if each.strip()]

    read = [sqlglot.parse_one(each, read="snowflake") for each in statements]

    assert [type(each).__name__ for each in read] == ["Command"] * 3 + ["Grant"] * 3 + [
        "Command"
    ] * 4
    given_rights = {each.split()[1] for each in statements if each.startswith("GRANT")}
    assert given_rights == {"ROLE", "USAGE", "SELECT"}
