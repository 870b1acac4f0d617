"""The process that `test_kill` kills: loads a log batch by small batch, or retries held tables."""

import sys
from pathlib import Path

from commandpost_telemetry.log.open import open_log
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination
from commandpost_telemetry.warehouse.syncing.sync import Sync


def main(folder: Path, warehouse_url: str, batch_bytes: int) -> None:
    destination = open_destination(Settings(data_dir=folder, warehouse_url=warehouse_url))
    log = open_log(folder / "log")
    sync = Sync(log, destination, folder / "tmp", batch_bytes=batch_bytes)
    print("loading", flush=True)  # noqa: T201 - the signal to the test
    if batch_bytes:
        sync.run()
    else:
        sync.retry()
    destination.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
