"""Licences name the buyer of a server; a wrong file changes nothing."""

import pytest

from commandpost_telemetry.insights.errors import BadFile
from commandpost_telemetry.insights.licences import COLUMNS, import_licences
from commandpost_telemetry.insights.source import DuckDBSource
from commandpost_telemetry.insights.upkeep import Upkeep
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination
from tests.commandpost_telemetry.insights.given import a_month

HEAD = ",".join(COLUMNS) + "\n"
OF_S1 = "s1,L-1,O'Hara & Sons,Enterprise,2026-01-01,2026-12-31\n"
BUYERS = "SELECT server_id, customer, edition FROM insights.servers ORDER BY server_id"


@pytest.fixture
def loaded(source: DuckDBSource, warehouse: DuckDBDestination) -> DuckDBSource:
    a_month().into(warehouse.cursor())
    Upkeep(source).refresh()
    return source


def test_a_licensed_server_has_its_buyer_and_the_others_have_none(loaded: DuckDBSource) -> None:
    count = import_licences(loaded, "\N{ZERO WIDTH NO-BREAK SPACE}" + HEAD + OF_S1)

    assert count == 1
    assert loaded.ask(BUYERS).rows == (
        ("s1", "O'Hara & Sons", "Enterprise"),
        ("s2", None, "unlicensed"),
        ("s3", None, "unlicensed"),
    )


def test_of_several_licences_the_one_that_ends_last_counts(loaded: DuckDBSource) -> None:
    import_licences(loaded, HEAD + "s1,L-0,Old,Team,2025-01-01,2025-12-31\n" + OF_S1)

    assert loaded.ask(BUYERS).rows[0] == ("s1", "O'Hara & Sons", "Enterprise")


def test_an_import_takes_the_place_of_the_one_before(loaded: DuckDBSource) -> None:
    import_licences(loaded, HEAD + OF_S1)
    import_licences(loaded, HEAD + "s2,L-2,Bluefield,,2026-01-01,2026-12-31\n")

    assert loaded.ask(BUYERS).rows == (
        ("s1", None, "unlicensed"),
        ("s2", "Bluefield", "licensed"),
        ("s3", None, "unlicensed"),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("server,licence\n", "The first line must be “diagnostic_id,licence_id"),
        ("", "The first line must be"),
        (HEAD + ",L-1,C,E,2026-01-01,2026-12-31\n", "Line 2 lacks an id"),
        (HEAD + OF_S1.strip() + ",more\n", "Line 2 lacks an id or has too many fields"),
        (HEAD + OF_S1 + "s2,L-2,C,E,1.1.2026,2026-12-31\n", "Line 3: days are written as"),
        (HEAD + "s2,L-2,C,E,2026-12-31,2026-01-01\n", "Line 2: the licence ends before it starts"),
    ],
)
def test_a_wrong_file_is_refused_as_a_whole(loaded: DuckDBSource, text: str, sentence: str) -> None:
    import_licences(loaded, HEAD + OF_S1)

    with pytest.raises(BadFile, match=sentence) as refused:
        import_licences(loaded, text)

    assert "Nothing was imported." in str(refused.value)
    assert loaded.ask(BUYERS).rows[0] == ("s1", "O'Hara & Sons", "Enterprise")
