"""What is remembered of messages: exact, bounded, for a window of time."""

from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import given as any_of
from hypothesis import strategies as st

from commandpost_telemetry.log.seen import Generation, Keys, Seen, SeenLimits, keys_of

DAY_MS = 24 * 3600 * 1000


def keys(first: int, last: int) -> list[bytes]:
    return keys_of("ann", map(str, range(first, last)))


def test_a_key_is_there_after_it_was_added_and_not_before(tmp_path: Path) -> None:
    seen = Seen(tmp_path, SeenLimits())

    seen.add(Keys(keys(0, 3)), at_ms=1)

    assert seen.find(Keys(keys(0, 5))) == set(keys(0, 3))
    seen.close()


def test_sources_and_ids_never_run_together() -> None:
    assert keys_of("a", ["bc"]) != keys_of("ab", ["c"])
    assert [len(key) for key in keys_of("a", ["\ud800", ""])] == [16, 16]


def test_a_full_table_is_followed_by_a_larger_one_and_nothing_is_forgotten(tmp_path: Path) -> None:
    seen = Seen(tmp_path, SeenLimits(smallest_power=10))
    many = keys(0, 900)

    for start in range(0, len(many), 100):
        seen.add(Keys(many[start : start + 100]), at_ms=1)
    seen.sync()

    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "seen-00000000000001-10.table",
        "seen-00000000000002-12.table",
    ]
    assert seen.find(Keys(many)) == set(many)
    assert seen.find(Keys(keys(900, 9000))) == set()
    seen.close()


def test_the_window_passes_and_the_disk_is_free_again(tmp_path: Path) -> None:
    seen = Seen(tmp_path, SeenLimits(window_ms=7 * DAY_MS))
    day_0, day_8, day_16 = keys(0, 1), keys(1, 2), keys(2, 3)

    seen.add(Keys(day_0), at_ms=0)
    seen.add(Keys(day_8), at_ms=8 * DAY_MS)
    seen.add(Keys(day_16), at_ms=16 * DAY_MS)

    assert seen.find(Keys(day_0 + day_8 + day_16)) == set(day_16)
    assert len(list(tmp_path.iterdir())) == 1
    seen.close()


def test_a_key_is_remembered_for_the_whole_window(tmp_path: Path) -> None:
    seen = Seen(tmp_path, SeenLimits(window_ms=7 * DAY_MS))
    early = keys(0, 1)

    seen.add(Keys(keys(1, 2)), at_ms=0)
    seen.add(Keys(early), at_ms=6 * DAY_MS)
    seen.add(Keys(keys(2, 3)), at_ms=8 * DAY_MS)
    seen.add(Keys(keys(3, 4)), at_ms=13 * DAY_MS)

    assert seen.find(Keys(early)) == set(early)
    seen.close()


def test_beyond_the_limit_the_oldest_is_forgotten_early_and_counted(tmp_path: Path) -> None:
    seen = Seen(tmp_path, SeenLimits(max_bytes=50_000, smallest_power=8))
    many = keys(0, 3500)

    for start in range(0, len(many), 700):
        seen.add(Keys(many[start : start + 700]), at_ms=start)

    assert seen.forgotten_early == 1400
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 70_000
    assert seen.find(Keys(many)) == set(many[-2100:])
    seen.close()


def test_two_processes_see_what_the_other_added(tmp_path: Path) -> None:
    one, other = Seen(tmp_path, SeenLimits()), Seen(tmp_path, SeenLimits())

    one.add(Keys(keys(0, 1)), at_ms=1)
    other.refresh()
    other.add(Keys(keys(1, 2)), at_ms=2)

    assert one.find(Keys(keys(0, 3))) == other.find(Keys(keys(0, 3))) == set(keys(0, 2))
    one.close()
    other.close()


def test_a_table_that_another_process_removed_is_let_go(tmp_path: Path) -> None:
    one = Seen(tmp_path, SeenLimits())
    one.add(Keys(keys(0, 1)), at_ms=1)
    (path,) = tmp_path.iterdir()
    path.unlink()

    one.refresh()

    assert one.find(Keys(keys(0, 1))) == set()


def test_a_table_knows_how_many_it_holds_and_when_the_newest_came(tmp_path: Path) -> None:
    table = Generation.create(tmp_path, born_ms=1, power=4)

    table.add(Keys(keys(0, 5)), at_ms=3)
    table.add(Keys(keys(5, 7)), at_ms=2)

    assert (table.count, table.newest_ms) == (7, 3)
    table.close()


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@any_of(st.lists(st.binary(min_size=1, max_size=1), max_size=150, unique=True))
def test_a_crowded_table_is_exact_whatever_the_keys(tmp_path: Path, heads: list[bytes]) -> None:
    table = Generation.create(tmp_path, born_ms=1, power=7)
    added = [head.ljust(8, b"\0") + (b"\1" + head).rjust(8, b"\0") for head in heads]

    table.add(Keys(added[::2]), at_ms=1)

    assert table.find(Keys(added)) == set(added[::2])
    assert table.count == len(added[::2])
    table.close()


def test_a_table_is_full_before_it_is_slow(tmp_path: Path) -> None:
    table = Generation.create(tmp_path, born_ms=1, power=4)

    table.add(Keys(keys(0, 5)), at_ms=1)

    assert table.has_room_for(3)
    assert not table.has_room_for(4)
    table.close()


def test_more_than_a_table_has_room_for_begins_one_that_is_large_enough(tmp_path: Path) -> None:
    seen = Seen(tmp_path, SeenLimits(smallest_power=4))
    few, many = keys(0, 3), keys(3, 1003)

    seen.add(Keys(few), at_ms=1)
    seen.add(Keys(many), at_ms=1)

    assert seen.find(Keys(few + many)) == set(few + many)
    assert seen.find(Keys(keys(1003, 9000))) == set()
    assert [path.stem[-2:] for path in sorted(tmp_path.iterdir())] == ["-4", "11"]
    seen.close()


def test_keys_that_all_belong_in_one_slot_are_told_apart(tmp_path: Path) -> None:
    table = Generation.create(tmp_path, born_ms=1, power=6)
    alike = [bytes(8) + bytes([number]) + bytes(7) for number in range(1, 31)]

    table.add(Keys(alike[::2]), at_ms=1)

    assert table.find(Keys(alike)) == set(alike[::2])
    table.close()
