"""`make bench`: runs each benchmark, or those named, each alone, and prints one table."""

import importlib
import sys
import time

from bench.figure import Figure, benchmarks, table


def main(wanted: list[str]) -> int:
    """Measure, print, and answer whether every budget was kept."""
    figures: list[Figure] = []
    for name in benchmarks(wanted):
        started = time.monotonic()
        print(f"{name} …", file=sys.stderr, end=" ", flush=True)
        figures += importlib.import_module(f"bench.{name}").measure()
        print(f"{time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(table(figures))
    return int(any(figure.kept is False for figure in figures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
