"""The process that `test_kill` kills: loads a log into a file, batch by small batch."""

import sys
from pathlib import Path

from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.warehouse.duckdb import DuckDBDestination
from commandpost_telemetry.warehouse.sync import Sync


def main(folder: Path, batch_bytes: int) -> None:
    destination = DuckDBDestination(folder / "warehouse.duckdb")
    log = open_log(folder / "log")
    print("loading", flush=True)  # noqa: T201 - the signal to the test
    Sync(log, destination, folder / "tmp", batch_bytes=batch_bytes).run()
    destination.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
