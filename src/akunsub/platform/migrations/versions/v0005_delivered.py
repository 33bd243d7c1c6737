"""What was delivered long ago is found without looking at all of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_DELIVERED = sa.text("state = 'delivered'")


def upgrade() -> None:
    """Make version 0005 of version 0004."""
    op.create_index(
        "outbox_delivered",
        "outbox",
        ["settled_at"],
        postgresql_where=_DELIVERED,
        sqlite_where=_DELIVERED,
        # Tables that were made without a version have it.
        if_not_exists=True,
    )
