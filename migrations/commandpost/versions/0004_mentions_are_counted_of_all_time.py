"""Mentions are counted of all time, and so are those that were read."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("read_mention_count", sa.Integer(), server_default="0", nullable=False)
    op.add_column("channel_member", column)


def downgrade() -> None:
    op.execute("UPDATE channel_member SET mention_count = mention_count - read_mention_count")
    # not as a batch: that would make the table anew, and others refer to it
    op.drop_column("channel_member", "read_mention_count")
