"""Finds the Chromium that browser tests drive, and installs Debian's where none is and it may."""

import os
import shutil
import subprocess
from collections.abc import Mapping

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the program named by COMMANDPOST_CHROME, or the first known one on the path."""
    if wanted := environ.get("COMMANDPOST_CHROME"):
        return shutil.which(wanted, path=environ.get("PATH"))
    path = environ.get("PATH")
    return next((found for name in NAMES if (found := shutil.which(name, path=path))), None)


def find_or_install_chromium() -> tuple[str | None, str]:
    """Return the program, or None and the reason in one line."""
    if found := find_chromium():
        return found, ""
    if wanted := os.environ.get("COMMANDPOST_CHROME"):
        return None, f"COMMANDPOST_CHROME names {wanted}, which is not there"
    if os.geteuid() != 0:
        return None, "no Chromium is on the path, and only root may install one"
    if shutil.which("apt-get") is None:
        return None, "no Chromium is on the path, and there is no apt-get to install one"
    return _install()


def _install() -> tuple[str | None, str]:
    print("set-up: installing Chromium for the browser tests", flush=True)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    said = ""
    for command in (install, ["apt-get", "update", "-qq"], install):
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
        said = (done.stderr.strip().splitlines() or [said])[-1]
        if found := find_chromium():
            return found, ""
    return None, f"no Chromium is on the path, and apt-get could not install one: {said}"
