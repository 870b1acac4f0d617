"""One task is one transaction, listeners hear after it, and moments stay in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select

from commandpost.accounts.models import Team
from commandpost.kit.db import Database, tell
from commandpost.kit.ids import LENGTH, new_id, new_secret

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def a_team(name: str = "demo", at: datetime = NOON) -> Team:
    return Team(id=new_id(), name=name, display_name=name, created_at=at)


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Team)) or 0


def test_a_transaction_commits_when_its_block_ends(database):
    with database.transaction() as session:
        session.add(a_team())

    assert count(database) == 1


def test_a_transaction_that_raises_leaves_nothing(database):
    def fails() -> None:
        with database.transaction() as session:
            session.add(a_team())
            session.flush()  # so that there is something to undo
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()

    assert count(database) == 0


def test_listeners_hear_the_topics_once_after_the_commit(database):
    heard: list[tuple[frozenset[str], int]] = []
    database.listen(lambda topics: heard.append((topics, count(database))))

    with database.transaction() as session:
        session.add(a_team())
        tell(session, "team:1", "team:2")
        tell(session, "team:1")

    assert heard == [(frozenset({"team:1", "team:2"}), 1)]


def test_nobody_hears_of_what_was_rolled_back(database):
    heard: list[frozenset[str]] = []
    database.listen(heard.append)

    def fails() -> None:
        with database.transaction() as session:
            tell(session, "team:1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()

    assert heard == []


def test_a_moment_comes_back_in_utc_whatever_its_zone_was(database):
    there = datetime(2026, 11, 24, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    with database.transaction() as session:
        session.add(a_team(at=there))

    with database.reading() as session:
        kept = session.scalars(select(Team.created_at)).one()

    assert (kept, kept.tzinfo) == (NOON, UTC)


def test_ids_are_26_opaque_characters_and_secrets_are_long():
    made = {new_id() for _ in range(1000)}

    assert len(made) == 1000
    assert all(len(each) == LENGTH and each.isalnum() and each == each.lower() for each in made)
    assert len(new_secret()) == 43
