"""What the fuzzer begins with and what it has found; `make torture` lets it go on."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.commandpost_telemetry.fuzz import TARGETS, log_reader, seeds

settings.register_profile("torture", max_examples=20_000, deadline=None)


@pytest.mark.parametrize(
    ("target", "number"), [(name, number) for name in TARGETS for number in range(len(seeds(name)))]
)
def test_what_was_found_holds(target: str, number: int) -> None:
    TARGETS[target](seeds(target)[number])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 32767), st.integers(0, 255)), max_size=6), st.booleans())
def test_a_file_damaged_anywhere_holds_up_nobody(
    changes: list[tuple[int, int]], is_cut: bool
) -> None:
    data = b"".join(where.to_bytes(3) + bytes([what]) for where, what in changes)

    log_reader(data + (b"\xc0\x00" if is_cut else b""))
