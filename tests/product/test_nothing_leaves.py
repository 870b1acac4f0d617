"""In `off` and `local` not one packet leaves the machine, counted in a network namespace."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNSHARE = shutil.which("unshare") or ""


def packets_out(mode: str, folder: Path) -> int:
    done = subprocess.run(
        [UNSHARE, "--net", sys.executable, "-m", "tests.product.in_namespace", mode, str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return int(done.stdout.rsplit("packets ", 1)[1])


@pytest.fixture(autouse=True)
def _namespaces() -> None:
    if os.geteuid() != 0 or not UNSHARE or not shutil.which("ip"):
        pytest.skip("making a network namespace needs root, unshare and iproute2")
    tried = subprocess.run(
        [UNSHARE, "--net", sys.executable, "-c", ""], capture_output=True, check=False
    )
    if tried.returncode != 0:
        pytest.skip("this kernel does not let us make a network namespace")


@pytest.mark.parametrize(("mode", "leaves"), [("off", False), ("local", False), ("send", True)])
def test_packets_leave_only_in_the_mode_send(mode, leaves, tmp_path):
    assert (packets_out(mode, tmp_path) > 0) is leaves
