"""Any event, against the rules written down a second time, value by value, in plain Python."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from commandpost_telemetry.rudder.naming import Naming, column_name
from commandpost_telemetry.warehouse.destinations.destination import Destination
from tests.commandpost_telemetry.warehouse import given as made

# properties of these names vanish; `event` is the table's name whatever a property says
RESERVED = {
    *("id", "anonymous_id", "user_id", "sent_at", "timestamp", "received_at", "channel"),
    *("original_timestamp", "context_ip", "context_request_ip", "context_passed_ip"),
    *("event_text", "record_id", "event", "uuid_ts", "context_source_id", "context_source_type"),
    *("context_destination_id", "context_destination_type"),
}
MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d(:?\d\d)?))?)?", re.ASCII
)

texts = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                " ",
                "x",
                "1",
                "true",
                "2026-11-24",
                "2026-11-24T11:30Z",
                "2026-11-24 11:30:00.25",
            ),
            *("2026-11-24T11:30:00+05:30", "2026-11-24T11:30:00 Z", "2026-13-45", "0000-01-01"),
            *("2026/11/24", "+2026-11-24", "11:30", "0001-01-01T00:00:00+01:00", "9999-12-31"),
            *("\x1f", "a\x1fb", "\\u001f"),
        ]
    ),
    st.text(max_size=6),
)
keys = st.one_of(
    st.sampled_from(
        [
            *("a", "A", "a_b", "aB", "a.b", "A-B", "id", "ID", "userId", "Timestamp", "select"),
            *("order", "9lives", "iOSVersion14", "_id", "uuid_ts", "contextIp", "event", "0", "1"),
            *("\x1f", "\x1fa", "\\u001f"),
        ]
    ),
    st.text(max_size=5),
)
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
values: st.SearchStrategy[Any] = st.recursive(
    leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)
documents = st.dictionaries(keys, values, max_size=6)


def expected(
    properties: Mapping[str, Any], context: Mapping[str, Any], naming: Naming
) -> dict[str, Any]:
    """The columns of the event's own table with the value that gives each its type."""
    found: dict[str, Any] = {}
    for prefix, document in (((), properties), (("context",), context)):
        for path, value in sorted(places((), document), key=lambda place: place[0]):
            name = column_name("_".join((*prefix, *path)), naming)
            if name and name not in RESERVED and not is_blank(value):
                found[name] = value
    return found


def places(path: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from places((*path, key), inner)
    else:
        yield path, value


def is_blank(value: Any) -> bool:
    if isinstance(value, list):
        return not value or (len(value) == 1 and is_blank(value[0]))
    return value is None or value == ""


def is_whole(value: float) -> bool:
    return isinstance(value, int) or value.is_integer()


def moment(text: str) -> datetime | None:
    if not MOMENT.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text.replace(" Z", "Z"))
        at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at.replace(microsecond=at.microsecond // 1000 * 1000, tzinfo=None)


def typed(value: Any) -> tuple[str, Any]:
    """The type that the value gives its column, and what stands in the row; None: discarded."""
    match value:
        case bool():
            return "boolean", value
        case int() | float() if is_whole(value):
            return "int", int(value) if -(2**63) <= int(value) < 2**63 else None
        case float():
            return "float", value
        case str():
            at = moment(value)
            return ("string", value) if at is None else ("datetime", at)
        case _:
            return "string", value


def is_there(found: object, value: object, naming: Naming) -> bool:
    if isinstance(value, list):  # how JSON is spaced is no matter
        return bool(json.loads(str(found)) == value)
    if isinstance(value, str) and naming is Naming.POSTGRES:  # text there can't hold it
        return found == value.replace("\0", "")
    return found == value


@pytest.fixture
def log() -> made.MemoryLog:
    return made.MemoryLog()


numbers = count(1)


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    print_blob=True,
)
@example({"a": {"b": 1}, "a_b": "", "A-B": 2.0}, {"a": [["", None], [None]]})
@example({"a": {"\x1f": {"b": 1}}, "\x1f": {"c": "\x1f"}}, {"\x1f": [1], "x": {"\x1f": 2.5}})
@given(documents, documents)
def test_any_event_has_the_columns_and_values_of_the_rules(
    warehouse: Destination,
    log: made.MemoryLog,
    tmp_path: Path,
    properties: dict[str, Any],
    context: dict[str, Any],
) -> None:
    number = next(numbers)  # each example has a table of its own
    event = f"Any {number}"
    log.append([made.a_message(event=event, properties=properties, context=context)])
    made.a_sync(log, warehouse, tmp_path)

    found = expected(properties, context, warehouse.naming)
    wanted = {name: typed(value) for name, value in found.items()}
    names = sorted(wanted)
    assert made.columns(warehouse, f"any_{number}") == {name: wanted[name][0] for name in names}
    [row] = made.rows(warehouse, f"any_{number}", "event", *names)
    assert [
        (name, found)
        for name, found in zip(names, row[1:], strict=True)
        if not is_there(found, wanted[name][1], warehouse.naming)
    ] == []
    discarded = warehouse.query(
        f"SELECT column_name FROM rudder_discards WHERE table_name = 'any_{number}' ORDER BY 1"  # noqa: S608 - ours
    ).rows
    assert discarded == [(name,) for name in names if wanted[name][1] is None]
