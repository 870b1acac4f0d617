"""The data plane as processes of their own."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGTERM

import httpx
import pytest

from commandpost_telemetry.log.sqlite import SqliteLog
from tests.commandpost_telemetry.collector.alone import a_process
from tests.commandpost_telemetry.collector.given import KEY, TRACK


@pytest.mark.slow
@pytest.mark.parametrize("processes", [1, 2])
def test_processes_take_events_and_stop_cleanly(tmp_path: Path, processes: int) -> None:
    with a_process(tmp_path, processes=processes) as alone:
        with httpx.Client(base_url=alone.address, auth=(KEY, ""), timeout=30) as client:
            statuses = [
                client.post("/v1/track", json=TRACK | {"messageId": f"m{number % 30}"}).status_code
                for number in range(60)
            ]
        alone.process.terminate()
        code = alone.process.wait(30)

    log = SqliteLog(tmp_path / "log")
    ids = [json.loads(entry.lines)["messageId"] for entry in log.read(after=0)]
    assert statuses == [200] * 60
    assert code in {0, -SIGTERM}  # a single process passes the signal on once it has closed
    assert sorted(ids) == sorted(f"m{number}" for number in range(30))


@pytest.mark.slow
def test_a_killed_process_starts_again_at_once(tmp_path: Path) -> None:
    with a_process(tmp_path) as alone:
        httpx.get(f"{alone.address}/health")
        alone.kill()

    began = time.monotonic()
    with a_process(tmp_path) as alone:
        status = httpx.get(f"{alone.address}/health", timeout=30).status_code

    assert status == 200
    assert time.monotonic() - began < 30


@pytest.mark.slow
def test_what_was_refused_is_logged_as_a_line_with_the_id_of_the_request(tmp_path: Path) -> None:
    with a_process(tmp_path) as alone:
        httpx.post(f"{alone.address}/v1/batch", headers={"x-request-id": "r1"}, content=b"{}")

    (line,) = (tmp_path / "alone.log").read_text().splitlines()
    told = json.loads(line)
    assert datetime.fromisoformat(told.pop("timestamp")).tzinfo is UTC
    assert told == {
        "event": "telemetry_refused",
        "level": "info",
        "request_id": "r1",
        "path": "/v1/batch",
        "status": 401,
        "reason": "failed to read writekey from header",
        "source": None,
    }
