"""When the wish behind an answered request was made. Of older ones it is not known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make version 0003 of version 0002."""
    op.add_column("answered_request", sa.Column("made_at", sa.DateTime))
