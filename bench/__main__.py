"""`make bench`: runs each benchmark, or those named, each alone, and prints one table."""

import importlib
import pkgutil
import sys
import time
from pathlib import Path

from bench.figure import Figure, table


def main(wanted: list[str]) -> int:
    """Measure, print, and answer whether every budget was kept."""
    known = benchmarks()
    if unknown := sorted({*wanted} - {*known}):
        print(f"No benchmark is called {', '.join(unknown)}; there are {', '.join(known)}.")
        return 2
    figures: list[Figure] = []
    for name in wanted or known:
        started = time.monotonic()
        print(f"{name} …", file=sys.stderr, end=" ", flush=True)
        figures += importlib.import_module(f"bench.{name}").measure()
        print(f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(table(figures))
    return int(any(figure.kept is False for figure in figures))


def benchmarks() -> list[str]:
    """Return the names of the modules that measure; others are run by themselves."""
    names = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    others = [name for name in names if name != "__main__"]
    return [name for name in others if hasattr(importlib.import_module(f"bench.{name}"), "measure")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
