"""Runs the migrations of the application on the connection it is given."""

from typing import Any

from alembic import context

from commandpost.kit.db import UtcDateTime
from commandpost.main import METADATA


def plain_type(kind: str, value: Any, _context: Any) -> str | bool:  # noqa: ANN401 - Alembic's hook
    """Write a moment as the plain column type, so that migrations import nothing of ours."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    render_item=plain_type,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
