"""What is to be passed on to the platform, and for which resources that is done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_RowId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_WAITING = sa.text("state = 'waiting'")
_DEAD = sa.text("state = 'dead'")


def upgrade() -> None:
    """Make version 0004 of version 0003."""
    op.add_column(
        "resource",
        sa.Column("has_upstream", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "outbox",
        sa.Column("id", _RowId, primary_key=True),
        sa.Column("request_id", sa.String(36), nullable=False, unique=True),
        sa.Column("subscription_id", _RowId, sa.ForeignKey("subscription.id"), nullable=False),
        sa.Column("smid", sa.String(200), nullable=False),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("resource_id", sa.BigInteger, nullable=False),
        sa.Column("categories", sa.JSON(none_as_null=True)),
        sa.Column("state", sa.String(10), nullable=False, server_default="waiting"),
        sa.Column("made_at", sa.DateTime, nullable=False),
        sa.Column("due_at", sa.DateTime, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("claim", sa.String(36)),
        sa.Column("claimed_until", sa.DateTime),
        sa.Column("may_have_arrived", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("reason", sa.Text),
        sa.Column("settled_at", sa.DateTime),
    )
    op.create_index("ix_outbox_subscription_id", "outbox", ["subscription_id"])
    op.create_index("outbox_by_smid", "outbox", ["smid", "id"])
    op.create_index(
        "outbox_due", "outbox", ["due_at"], postgresql_where=_WAITING, sqlite_where=_WAITING
    )
    op.create_index("outbox_dead", "outbox", ["id"], postgresql_where=_DEAD, sqlite_where=_DEAD)
