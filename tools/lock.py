"""Compiles requirements/*.in to pins with hashes for every supported Python; names no registry."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPTIONS = (
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-strip-extras",  # older pips ask for the extra's own pin and else take an unpinned one
)
# dev.txt comes first and constrains the others: what is tested is what runs.
FILES = ("dev", "run", "build", "torture")


def main(arguments: list[str]) -> int:
    """Compile each file; arguments such as --upgrade go to uv."""
    for name in FILES:
        constraint = () if name == "dev" else ("-c", "requirements/dev.txt")
        command = ("-m", "uv", "pip", "compile", *OPTIONS, *constraint, *arguments)
        where = (f"requirements/{name}.in", "-o", f"requirements/{name}.txt")
        code = subprocess.run([sys.executable, *command, *where], cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
