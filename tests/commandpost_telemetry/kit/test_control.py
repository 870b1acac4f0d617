"""Only who may read the control file may command the process, and only a live one is asked."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from commandpost_telemetry.kit.control import (
    Answer,
    Ask,
    CommandFailed,
    ControlFile,
    control_routes,
)


def test_the_file_names_this_process_and_only_its_user_may_read_it(tmp_path: Path) -> None:
    control = ControlFile.write(tmp_path / "data", "http://127.0.0.1:8000/")

    path = tmp_path / "data" / "control.json"
    assert ControlFile.find_alive(tmp_path / "data") == control
    assert (control.pid, control.url) == (os.getpid(), "http://127.0.0.1:8000")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(control.token) >= 32


def test_a_file_left_by_a_process_that_is_gone_is_nobody(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    control = ControlFile.write(tmp_path, "http://127.0.0.1:8000")
    text = (tmp_path / "control.json").read_text("utf-8")
    (tmp_path / "control.json").write_text(text.replace(str(control.pid), str(gone.pid), 1))

    assert ControlFile.find_alive(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "x", "url": "", "token": ""}'])
def test_a_file_that_makes_no_sense_is_nobody(tmp_path: Path, text: str) -> None:
    (tmp_path / "control.json").write_text(text)

    assert ControlFile.find_alive(tmp_path) is None


@pytest.mark.parametrize(("pid", "alive"), [(0, False), (-1, False), (1, True)])
def test_a_pid_is_alive_when_the_system_knows_it(pid: int, *, alive: bool) -> None:
    assert ControlFile(pid, "", "").is_alive() is alive


def test_a_process_removes_only_its_own_file(tmp_path: Path) -> None:
    first = ControlFile.write(tmp_path, "http://127.0.0.1:1")
    second = ControlFile.write(tmp_path, "http://127.0.0.1:2")

    first.remove(tmp_path)
    assert ControlFile.read(tmp_path) == second
    second.remove(tmp_path)
    second.remove(tmp_path)

    assert list(tmp_path.iterdir()) == []


def double(ask: Ask) -> Answer:
    number = ask.get("number")
    if not isinstance(number, int):
        raise CommandFailed("There is no number to double.")
    return {"doubled": 2 * number}


@pytest.mark.parametrize(
    ("command", "token", "body", "status", "answer"),
    [
        ("double", "word", '{"number": 4}', 200, {"doubled": 8}),
        ("double", "word", "", 409, {"error": "There is no number to double."}),
        ("double", "wörd", "{}", 401, {"error": "The control token is missing or wrong."}),
        ("double", "", "{}", 401, {"error": "The control token is missing or wrong."}),
        ("halve", "word", "{}", 404, {"error": "This process knows no such command."}),
        ("double", "word", "{", 400, {"error": "The body is not JSON; nothing was done."}),
        ("double", "word", "[]", 400, {"error": "The body is not an object; nothing was done."}),
    ],
)
def test_a_command_is_done_for_who_knows_the_word(
    command: str, token: str, body: str, status: int, answer: Answer
) -> None:
    client = TestClient(Starlette(routes=control_routes("word", {"double": double})))

    response = client.post(
        f"/control/{command}",
        content=body,
        headers={b"Authorization": f"Bearer {token}".encode()},
    )

    assert (response.status_code, response.json()) == (status, answer)
