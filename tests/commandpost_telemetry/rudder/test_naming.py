"""Names of tables and columns, row by row as the reference gives them."""

import string

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commandpost_telemetry.rudder.naming import Naming, column_name, namespace_name, table_name
from commandpost_telemetry.rudder.reserved import RESERVED

D = Naming


@pytest.mark.parametrize(
    ("name", "together", "divided"),
    [
        ("Order Completed V2", "order_completed_v2", "order_completed_v_2"),
        ("9mega________-________90", "_9mega_90", "_9_mega_90"),
        ("CamelCase123Key", "camel_case123_key", "camel_case_123_key"),
        ("&4yasdfa(84224_fs9##_____*3q", "_4yasdfa_84224_fs9_3q", "_4_yasdfa_84224_fs_9_3_q"),
        ("iOSVersion14", "i_os_version14", "i_os_version_14"),
        ("123abc", "_123abc", "_123_abc"),
        ("$price", "price", "price"),
        ("a.b", "a_b", "a_b"),
        ("path to $1,00,000", "path_to_1_00_000", "path_to_1_00_000"),
        ("_private", "_private", "_private"),
        ("__abc_123_def_456", "__abc_123_def_456", "__abc_123_def_456"),
        ("abc123def456", "abc123def456", "abc_123_def_456"),
        ("test123", "test123", "test_123"),
        ("omega v2", "omega_v2", "omega_v_2"),
        ("9mega", "_9mega", "_9_mega"),
        ("ome$ga", "ome_ga", "ome_ga"),
        ("omega$", "omega", "omega"),
        ("ome_ ga", "ome_ga", "ome_ga"),
        ("Cízǔ", "c_z", "c_z"),
        ("Ünïcode", "n_code", "n_code"),
        ("signUp", "sign_up", "sign_up"),
        ("Sign-Up", "sign_up", "sign_up"),
        ("SIGN UP", "sign_up", "sign_up"),
        ("select", "_select", "_select"),
        ("table", "_table", "_table"),
        ("order", "_order", "_order"),
        ("group", "_group", "_group"),
        ("user", "_user", "_user"),
        ("ChannelIDs", "channel_i_ds", "channel_i_ds"),
        ("UserActualID", "user_actual_id", "user_actual_id"),
        ("TotalChecklistItems", "total_checklist_items", "total_checklist_items"),
        ("日本", "", ""),
        ("!!!", "", ""),
        (" ", "", ""),
        ("___", "", ""),
        ("", "", ""),
    ],
)
@pytest.mark.parametrize("naming", [D.POSTGRES, D.DUCKDB])
def test_a_column_is_named_in_both_number_modes(
    name: str, together: str, divided: str, naming: Naming
) -> None:
    assert column_name(name, naming) == together
    assert column_name(name, naming, divide_numbers=True) == divided


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("Order Completed V2", "ORDER_COMPLETED_V2"),
        ("9mega________-________90", "_9MEGA_90"),
        ("CamelCase123Key", "CAMEL_CASE123_KEY"),
        ("&4yasdfa(84224_fs9##_____*3q", "_4YASDFA_84224_FS9_3Q"),
        ("iOSVersion14", "I_OS_VERSION14"),
        ("123abc", "_123ABC"),
        ("$price", "PRICE"),
        ("a.b", "A_B"),
        ("path to $1,00,000", "PATH_TO_1_00_000"),
        ("select", "_SELECT"),
        ("table", "_TABLE"),
        ("order", "_ORDER"),
        ("group", "_GROUP"),
        ("a" * 70, "A" * 70),
        ("user", "USER"),
        ("_private", "_PRIVATE"),
    ],
)
def test_snowflake_has_capitals_and_its_own_reserved_words(name: str, column: str) -> None:
    assert column_name(name, D.SNOWFLAKE) == column


@pytest.mark.parametrize(
    ("event", "table"),
    [
        ("CreateIncident", "create_incident"),
        ("UncheckChecklistItem", "uncheck_checklist_item"),
        ("Users", "_users"),
        ("tracks", "_tracks"),
        ("accounts", "_accounts"),
        ("Identifies", "_identifies"),
        ("!!!", ""),
    ],
)
def test_an_event_has_a_table_apart_from_those_of_the_data_plane(event: str, table: str) -> None:
    assert table_name(event) == table
    assert table_name(event, D.SNOWFLAKE) == table.upper()


def test_long_names_are_cut() -> None:
    long = "a" * 200

    assert column_name(long, D.POSTGRES) == "a" * 63
    assert table_name(long, D.POSTGRES) == "a" * 63
    assert column_name(long, D.DUCKDB) == "a" * 127
    assert column_name(long, D.SNOWFLAKE) == "A" * 127


@pytest.mark.parametrize(
    ("text", "naming", "schema"),
    [
        ("k3_namespace", Naming.DUCKDB, "k_3_namespace"),
        ("My App", Naming.DUCKDB, "my_app"),
        ("iOSApp", Naming.SNOWFLAKE, "I_OS_APP"),
        ("3rd", Naming.POSTGRES, "_3_rd"),
        ("select", Naming.DUCKDB, "_select"),
        ("loader", Naming.POSTGRES, "_loader"),
        ("pg_mine", Naming.POSTGRES, "_pg_mine"),
        ("日本", Naming.DUCKDB, "stringempty"),
        ("a" * 200, Naming.POSTGRES, "a" * 63),
        ("a" * 200, Naming.SNOWFLAKE, "A" * 127),
    ],
)
def test_a_namespace_is_named_with_numbers_apart(text: str, naming: Naming, schema: str) -> None:
    assert namespace_name(text, naming) == schema


def test_an_ordinal_stays_whole_where_numbers_are_divided() -> None:
    assert column_name("my1st", divide_numbers=True) == "my_1st"
    assert column_name("THE2ND", divide_numbers=True) == "the_2nd"


def test_every_word_that_duckdb_reserves_is_known() -> None:
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT upper(keyword_name) FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
        ).fetchall()

    assert {row[0] for row in rows} <= RESERVED["duckdb"]


@settings(deadline=None)
@given(name=st.text(max_size=200), naming=st.sampled_from(Naming))
def test_any_name_gives_a_plain_column_or_none(name: str, naming: Naming) -> None:
    column = column_name(name, naming)

    letters = string.ascii_uppercase if naming is D.SNOWFLAKE else string.ascii_lowercase
    assert set(column) <= set(letters + string.digits + "_")
    assert len(column) <= 127
    assert not column[:1].isdigit()
    assert column.upper() not in RESERVED[naming]


@settings(deadline=None)
@given(name=st.text(alphabet=string.ascii_letters + string.digits + "_ ", max_size=60))
def test_a_name_given_by_us_stays(name: str) -> None:
    column = column_name(name, D.DUCKDB)

    assert column_name(column, D.DUCKDB) == column
