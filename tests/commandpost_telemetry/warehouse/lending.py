"""A PostgreSQL that is lent: the loader has a role of its own, and an administrator above it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = {}"
USER = "commandpost_loader"
ROLE = sql.Identifier(USER)

Admin = Callable[[sql.Composed], None]


@contextmanager
def an_admin(url: str) -> Iterator[Admin]:
    """Run statements as the owner, with the role in place."""
    with psycopg.connect(url, autocommit=True) as connection:

        def run(statement: sql.Composed) -> None:
            connection.execute(statement)

        database = sql.Identifier(connection.info.dbname)
        run(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(ROLE))
        run(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(database, ROLE))
        yield run
        run(sql.SQL("DROP OWNED BY {} CASCADE").format(ROLE))
        run(sql.SQL("DROP ROLE {}").format(ROLE))
