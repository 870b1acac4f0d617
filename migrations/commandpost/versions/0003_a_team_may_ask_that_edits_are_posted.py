"""A team may ask that checks and edits are posted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("posts_edits", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("team", column)


def downgrade() -> None:
    # not as a batch: that would make the table anew, and others refer to it
    op.drop_column("team", "posts_edits")
