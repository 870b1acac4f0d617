"""A PostgreSQL for the tests that need one, whichever database the others run on."""

from collections.abc import Iterator

import pytest

from tools.postgres import a_postgres


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with a_postgres() as address:
        yield address.replace("postgresql://", "postgresql+psycopg://", 1)
