"""Bring a database to the schema of this version, and say when it is not."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from commandpost.kit.db import Base, Database
from commandpost.kit.errors import AppError


class SchemaIsBehind(AppError):
    """The database is of an older version."""


def _folder() -> Path:
    packaged = Path(__file__).parent.parent / "migrations"
    if packaged.exists():
        return packaged
    return Path(__file__).parents[3] / "migrations" / "commandpost"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_folder()))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def upgrade(database: Database, to: str = "head") -> None:
    """Run every migration that is missing, in one transaction where the database can."""
    with database.engine.begin() as connection:
        upgrade_within(connection, to)


def upgrade_within(connection: Connection, to: str = "head") -> None:
    """As `upgrade`, in a transaction that goes on."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def downgrade(database: Database, to: str) -> None:
    """Go back to a revision (`base` is none)."""
    config = _config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, to)


def is_current(database: Database) -> bool:
    """Return whether every migration has run."""
    head = _scripts().get_current_head()
    with database.engine.connect() as connection:
        return revision_of(connection) == head


def revision_of(connection: Connection) -> str | None:
    """Return the last migration that has run, if any has."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Return whether this version has the migration: one of a newer version it has not."""
    return any(each.revision == revision for each in _scripts().walk_revisions())


def require_current(database: Database) -> None:
    """Refuse to start on an older schema; `serve` migrates by itself, several processes do not."""
    if not is_current(database):
        raise SchemaIsBehind(
            "The database is of an older version. Nothing was changed; run `commandpost migrate`."
        )


def drift(database: Database) -> list[str]:
    """Return what the models say and the migrated database does not, or the other way round."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": False}
        )
        return [repr(difference) for difference in compare_metadata(context, Base.metadata)]
