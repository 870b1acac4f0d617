"""Write the migration from the newest revision to what the models say: its number and a message."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from commandpost.kit.db import Database
from commandpost.kit.migrate import upgrade
from commandpost.main import METADATA

FOLDER = Path(__file__).parents[1] / "migrations" / "commandpost"


def main(number: str, message: str) -> None:
    """Compare a migrated empty database with the models and write the difference."""
    with tempfile.TemporaryDirectory() as scratch:
        database = Database(f"sqlite:///{scratch}/empty.sqlite")
        upgrade(database)
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.set_main_option("path_separator", "os")
        with database.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.revision(config, message, rev_id=number, autogenerate=True)
        database.dispose()
    print(f"{len(METADATA.tables)} tables compared.")


if __name__ == "__main__":
    main(*sys.argv[1:3])
