"""Listeners hear what changed: once, whatever thread told it, and only what they listen to."""

import asyncio
import threading
from pathlib import Path

import pytest

from commandpost.kit.db import Database, tell
from commandpost.live.hub import EVERYTHING, Hub, Listener


async def heard(listener: Listener) -> frozenset[str]:
    async with asyncio.timeout(5):
        return await listener.changes()


def test_a_listener_hears_its_topics_and_no_others() -> None:
    async def play() -> tuple[frozenset[str], frozenset[str]]:
        hub, ann, ben = Hub(), Listener(), Listener()
        hub.listen(ann, {"a", "both"})
        hub.listen(ben, {"b", "both"})
        hub.publish(["a", "both", "nobody"])
        return await heard(ann), await heard(ben)

    assert asyncio.run(play()) == (frozenset({"a", "both"}), frozenset({"both"}))


def test_what_changed_twice_is_told_once() -> None:
    async def play() -> list[frozenset[str]]:
        hub, listener = Hub(), Listener()
        hub.listen(listener, {"a", "b"})
        for _ in range(1000):
            hub.publish(["a"])
        hub.publish(["b"])
        first = await heard(listener)
        hub.publish(["b"])
        return [first, await heard(listener)]

    assert asyncio.run(play()) == [{"a", "b"}, {"b"}]


def test_when_nobody_knows_what_was_missed_everything_counts_as_changed() -> None:
    async def play() -> frozenset[str]:
        hub, listener = Hub(), Listener()
        hub.listen(listener, {"a", "b"})
        hub.publish([EVERYTHING])
        return await heard(listener)

    assert asyncio.run(play()) == {"a", "b"}


def test_any_thread_may_tell() -> None:
    async def play() -> frozenset[str]:
        hub, listener = Hub(), Listener()
        hub.listen(listener, {str(number) for number in range(50)})
        threads = [
            threading.Thread(target=hub.publish, args=([str(number)],)) for number in range(50)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join)
        found: frozenset[str] = frozenset()
        while len(found) < 50:
            found |= await heard(listener)
        return found

    assert len(asyncio.run(play())) == 50


def test_a_listener_changes_its_topics_and_leaves() -> None:
    async def play() -> tuple[frozenset[str], int, int]:
        hub, listener = Hub(), Listener()
        hub.listen(listener, {"a", "b"})
        hub.listen(listener, {"b", "c"})
        hub.publish(["a", "c"])
        changed, before = await heard(listener), hub.count()
        hub.leave(listener)
        return changed, before, hub.count()

    assert asyncio.run(play()) == (frozenset({"c"}), 1, 0)


def test_nobody_listening_costs_nothing() -> None:
    hub = Hub()

    hub.publish(["a"])

    assert hub.count() == 0


def test_a_process_that_ends_is_no_trouble() -> None:
    hub, listener = Hub(), Listener()

    async def play() -> None:
        hub.listen(listener, {"a"})

    asyncio.run(play())
    hub.publish(["a"])

    assert hub.count() == 1


@pytest.mark.parametrize("kept", [True, False])
def test_only_a_commit_is_told(tmp_path: Path, kept: bool) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite'}")

    async def play() -> frozenset[str]:
        hub, listener = Hub(database), Listener()
        hub.listen(listener, {"a", "end"})
        await asyncio.to_thread(write, database, kept=kept)
        hub.publish(["end"])
        found: frozenset[str] = frozenset()
        while "end" not in found:
            found |= await heard(listener)
        return found

    changed = asyncio.run(play())
    database.dispose()

    assert changed == ({"a", "end"} if kept else {"end"})


def write(database: Database, *, kept: bool) -> None:
    session = database.writing()
    tell(session, "a")
    if kept:
        database.commit(session)
    else:
        session.rollback()
        session.close()
