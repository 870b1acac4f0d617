"""What `commandpost-telemetry demo-data` does: a made-up year into an empty warehouse."""

from contextlib import closing

from commandpost_telemetry.insights.demo.year import Say, Wish, fill
from commandpost_telemetry.kit.clock import now
from commandpost_telemetry.kit.control import CommandFailed, ControlFile
from commandpost_telemetry.settings import Settings
from commandpost_telemetry.warehouse.connect import open_destination
from commandpost_telemetry.warehouse.destinations.duckdb.destination import DuckDBDestination

MOST_SERVERS = 5000
MOST_DAYS = 366 * 3


def make_demo_data(settings: Settings, *, servers: int, days: int, seed: int, say: Say) -> int:
    """Fill the warehouse of the settings and return how many events were made up."""
    if not 1 <= servers <= MOST_SERVERS or not 1 <= days <= MOST_DAYS:
        raise CommandFailed(
            f"Ask for 1 to {MOST_SERVERS} servers and 1 to {MOST_DAYS} days. Nothing was made up."
        )
    if ControlFile.find_alive(settings.data_dir) is not None:
        raise CommandFailed(
            f"A process owns {settings.data_dir}, and the made-up year needs a clock of its own. "
            f"Stop it, or give another COMMANDPOST_DATA_DIR. Nothing was made up."
        )
    destination = open_destination(settings)
    if not isinstance(destination, DuckDBDestination):
        raise CommandFailed("Made-up events go into a DuckDB warehouse only; nothing was made up.")
    with closing(destination):
        if destination.query("SELECT COUNT(*) FROM main.tracks").rows[0][0]:
            raise CommandFailed(
                "The warehouse holds events already, and made-up ones would mix with them. Give "
                "another COMMANDPOST_DATA_DIR. Nothing was made up."
            )
        return fill(settings.data_dir, destination, Wish(servers, days, seed, now()), say)
