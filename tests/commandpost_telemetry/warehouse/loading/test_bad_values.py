"""Values and names that no one expects: NULL and a discard, or a reject; the rest is loaded."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

from commandpost_telemetry.kit.clock import clock
from commandpost_telemetry.rudder.naming import Naming
from commandpost_telemetry.warehouse.destinations.destination import Destination
from commandpost_telemetry.warehouse.syncing.sync import Sync
from tests.commandpost_telemetry.warehouse import given

LAST = datetime(9999, 12, 31, 23, 59, 59, 999000)  # noqa: DTZ001 - columns hold UTC without a zone
FIRST = datetime(1, 1, 1)  # noqa: DTZ001 - as above

# what stands in the message, the type of its column, the value in the row, or the discard
VALUES: list[tuple[str, str, object, str | None]] = [
    ("9007199254740993", "int", 2**53 + 1, None),
    ("-9007199254740993", "int", -(2**53) - 1, None),
    ("9223372036854775807", "int", 2**63 - 1, None),
    ("-9223372036854775808", "int", -(2**63), None),
    ("9223372036854775808", "int", None, "9223372036854775808"),
    ("-9223372036854775809", "int", None, "-9223372036854775809"),
    ("18446744073709551616", "int", None, "18446744073709551616"),
    ("1e2", "int", 100, None),
    ("-0.0", "int", 0, None),
    ("1e20", "int", None, "100000000000000000000.0"),
    ("1e308", "int", None, "1e308"),
    ("1e400", "int", None, "1e400"),
    ("-1e400", "int", None, "-1e400"),
    ("NaN", "int", None, "NaN"),
    ("Infinity", "int", None, "Infinity"),
    ("5e-324", "float", 5e-324, None),
    ('"NaN"', "string", "NaN", None),
    ('"0000-12-31"', "string", "0000-12-31", None),
    ('"10000-01-01"', "string", "10000-01-01", None),
    ('"9999-12-31T23:59:59-23:00"', "string", "9999-12-31T23:59:59-23:00", None),
    ('"9999-12-31T23:59:59.999Z"', "datetime", LAST, None),
    ('"0001-01-01"', "datetime", FIRST, None),
    ("[NaN]", "string", "[NaN]", None),
]


def a_raw_line(value: str, **fields: Any) -> bytes:
    """A message with a property as it stands here, be it JSON or not."""
    line = given.a_line(given.a_message(properties={"p": "@"}, **fields))
    return line.replace(b'"@"', value.encode())


def discards(destination: Destination) -> list[tuple[object, ...]]:
    return given.asked(
        destination, "SELECT row_id, column_name, column_value FROM rudder_discards ORDER BY row_id"
    )


def test_a_value_at_the_edge_is_kept_whole_or_discarded(
    warehouse: Destination, tmp_path: Path
) -> None:
    log = given.MemoryLog()
    log.append_lines(
        [
            a_raw_line(value, event=f"Case {n:02}", messageId=f"{n:02}")
            for n, (value, *_) in enumerate(VALUES)
        ]
    )

    outcome = given.a_sync(log, warehouse, tmp_path)

    cases = [f"case_{n:02}" for n in range(len(VALUES))]
    found = [(given.columns(warehouse, t), given.rows(warehouse, t, "p")) for t in cases]
    assert found == [({"p": kind}, [(value,)]) for _, kind, value, _ in VALUES]
    assert discards(warehouse) == [
        (f"{n:02}", "p", text) for n, (*_, text) in enumerate(VALUES) if text is not None
    ]
    assert (outcome.loaded, outcome.rejected, outcome.held) == (len(VALUES), 0, {})


DAYS: dict[str, object] = {
    "number": 7,
    "text": "seven",
    "object": {"deep": 1},
    "date": "2026-11-24",
}
# by the kind that came first: what a column makes of each kind; None: a discard
KEPT: dict[str, dict[str, object]] = {
    "number": {"number": 7, "text": None, "date": None},
    "text": {"number": "7", "text": "seven", "date": "2026-11-24T00:00:00.000Z"},
    "date": {"number": None, "text": None, "date": datetime(2026, 11, 24)},  # noqa: DTZ001 - as above
}


def test_one_property_is_of_another_kind_each_day(
    warehouse: Destination, tmp_path: Path, at_noon: datetime
) -> None:
    orders = list(permutations(DAYS))
    log = given.MemoryLog()
    sync = Sync(log, warehouse, tmp_path)

    for day in range(len(DAYS)):
        clock.set(at_noon + timedelta(days=day))
        log.append(
            given.a_message(
                event=f"Order {n}", messageId=f"{n:02} {day}", properties={"p": DAYS[order[day]]}
            )
            for n, order in enumerate(orders)
        )
        sync.run()

    found = [given.rows(warehouse, f"order_{n}", "p", "p_deep") for n in range(len(orders))]
    assert found == [in_the_order(order) for order in orders]
    assert len(discards(warehouse)) == sum(
        None in row and kind != "object"
        for order in orders
        for kind, row in zip(order, ((p,) for p, _ in in_the_order(order)), strict=True)
    )
    for table in ("loader.rejects", "loader.held", "loader.failures"):
        assert warehouse.query("SELECT count(*) FROM " + table).rows == [(0,)]  # noqa: S608 - ours


def in_the_order(order: Sequence[str]) -> list[tuple[object, ...]]:
    kept = KEPT[next(kind for kind in order if kind != "object")]
    return [(None, 1) if kind == "object" else (kept[kind], None) for kind in order]


# the name of an event or a property, and what is left of it
NAMES: list[tuple[str, str]] = [
    ("Заказ оплачен", ""),
    ("注文 Completed", "completed"),
    ("価格price", "price"),
    ("طلب Order 12", "order_12"),
    ("हिन्दी", ""),
    ("שלום_b", "b"),
    ("e\u0301te\u0301", "e_te"),
    ("🚀 Launch 🚀", "launch"),
    ("\u202egnihsif", "gnihsif"),
    ("zero\u200bwidth", "zero_width"),
    ("ﬁne \uff37ide", "ne_ide"),
    ("İstanbul", "stanbul"),
    ("", ""),
    ("\t\n", ""),
    ("__", ""),
    ("9", "_9"),
    ("SELECT", "_select"),
    ("end", "_end"),
    ("a" * 500, "a" * 500),
    ("don't", "don_t"),
]


def test_names_of_every_script_become_plain_ones_or_none(
    warehouse: Destination, tmp_path: Path
) -> None:
    given.loaded(
        warehouse,
        tmp_path,
        *(given.a_message(messageId=f"{n:02}", event=name) for n, (name, _) in enumerate(NAMES)),
        given.a_message(
            event="Whole", messageId="whole", properties={name: 1 for name, _ in NAMES}
        ),
    )

    longest = 63 if warehouse.naming is Naming.POSTGRES else 127
    names = [name[:longest] for _, name in NAMES]
    made = {name for name in names if name}
    assert given.rows(warehouse, "tracks", "id", "event") == [
        *((f"{n:02}", name or None) for n, name in enumerate(names)),
        ("whole", "whole"),
    ]
    assert made <= set(warehouse.schema())
    assert given.columns(warehouse, "whole") == dict.fromkeys(sorted(made), "int")


def test_a_line_that_is_no_message_stops_no_other(warehouse: Destination, tmp_path: Path) -> None:
    log = given.MemoryLog()
    bad = [
        b"null\n",
        b'"text"\n',
        b"{}\n",
        b"[[[[\n",
        b"\xff\xfe\n",
        b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"\n",
    ]
    log.append_lines([given.a_line(given.a_message(messageId="m1")), *bad])
    log.append_lines([*bad, given.a_line(given.a_message(messageId="m2"))])

    outcome = given.a_sync(log, warehouse, tmp_path)

    assert (outcome.loaded, outcome.rejected) == (2, 2 * len(bad))
    assert given.rows(warehouse, "something_done", "id") == [("m1",), ("m2",)]
    assert warehouse.query("SELECT count(*) FROM loader.rejects").rows == [(2 * len(bad),)]


def test_what_is_nested_too_deep_is_rejected_alone(warehouse: Destination, tmp_path: Path) -> None:
    def nested(levels: int) -> str:
        return '{"d":' * levels + "1" + "}" * levels

    many = "[" + ",".join(['{"[":"}"}'] * 300) + "]"
    values = [nested(60), nested(99), nested(100), nested(900), "[" * 200 + "]" * 200, many]
    log = given.MemoryLog()
    log.append_lines([a_raw_line(value, messageId=f"m{n}") for n, value in enumerate(values)])

    outcome = given.a_sync(log, warehouse, tmp_path)

    assert (outcome.loaded, outcome.rejected, outcome.held) == (3, 3, {})
    assert given.rows(warehouse, "something_done", "id", "p") == [
        ("m0", None),
        ("m1", None),
        ("m5", many),
    ]
    rejects = "SELECT message_id, reason FROM loader.rejects ORDER BY 1"
    assert warehouse.query(rejects).rows == [
        (f"m{n}", "The event is nested more than 100 levels deep.") for n in (2, 3, 4)
    ]


def test_what_only_begins_like_a_text_that_was_spread_is_flattened(
    warehouse: Destination, tmp_path: Path
) -> None:
    traits = {"0": {"a": 1}, "1": [2]}
    given.loaded(warehouse, tmp_path, given.a_message("group", traits=traits))

    assert given.rows(warehouse, "groups", "_0_a", "_1") == [(1, "[2]")]
