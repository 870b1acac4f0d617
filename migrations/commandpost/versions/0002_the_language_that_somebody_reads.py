"""The language that somebody reads."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("language", sa.String(length=16), server_default="", nullable=False)
    op.add_column("user_account", column)


def downgrade() -> None:
    # not as a batch: that would make the table anew, and others refer to it
    op.drop_column("user_account", "language")
