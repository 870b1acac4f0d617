"""The data plane that most tests ask."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.commandpost_telemetry.collector import given


@pytest.fixture
def plane(tmp_path: Path, at_noon: datetime) -> Iterator[given.Plane]:
    del at_noon  # the clock stands while the data plane is asked
    with given.a_plane(tmp_path) as opened:
        yield opened
