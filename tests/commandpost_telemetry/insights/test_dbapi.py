"""A source over a connection of its own: what it does with one that breaks."""

import pytest

from commandpost_telemetry.insights.dbapi import DbApiSource
from commandpost_telemetry.insights.source import SourceUnavailable
from tests.commandpost_telemetry.insights.given import at


class DownError(Exception):
    """The server does not answer."""


class Gone:
    """A connection that breaks when it is used."""

    def cursor(self) -> "Gone":
        raise DownError("gone")

    def commit(self) -> None:
        """Never reached."""

    rollback = close = commit


def test_a_server_that_does_not_answer_is_unavailable_and_not_broken() -> None:
    def refuse() -> Gone:
        raise DownError("refused")

    for connect in (refuse, Gone):
        source = DbApiSource(connect, "postgres", "events", (DownError,), ())  # type: ignore[arg-type]  # a connection that never has a cursor
        with pytest.raises(SourceUnavailable):
            source.ask("SELECT 1")


def test_a_source_of_its_own_connection_takes_no_parameters() -> None:
    source = DbApiSource(Gone, "postgres", "events", (DownError,), ())  # type: ignore[arg-type]  # as above

    with pytest.raises(ValueError, match="written into the statement"):
        source.ask("SELECT $a", {"a": at("2026-11-24 12:00")})
