"""The first schema, made before there were versions: the mode "confirm" only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_RowId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _make_configured()
    _make_stored()
    _make_calls()


def _make_configured() -> None:
    op.create_table(
        "resource",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("resource_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("rtoken", sa.Text, nullable=False, unique=True),
        sa.Column("mode", sa.String(20), nullable=False),
    )
    op.create_table(
        "category",
        sa.Column("account_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("resource_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
    )


def _make_stored() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", _RowId, primary_key=True),
        sa.Column("account_id", sa.BigInteger, nullable=False),
        sa.Column("resource_id", sa.BigInteger, nullable=False),
        sa.Column("profile_id", sa.String(24), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("unsubscribed_at", sa.DateTime),
        sa.UniqueConstraint("account_id", "resource_id", "profile_id", "channel", "address"),
    )
    op.create_table(
        "message",
        sa.Column("smid", sa.String(200), primary_key=True),
        sa.Column("subscription_id", _RowId, sa.ForeignKey("subscription.id"), nullable=False),
    )
    op.create_table(
        "left_category",
        sa.Column("subscription_id", _RowId, sa.ForeignKey("subscription.id"), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("left_at", sa.DateTime, nullable=False),
    )


def _make_calls() -> None:
    op.create_table(
        "answered_request",
        sa.Column("request_id", sa.String(200), primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("answered_at", sa.DateTime, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
    )
    op.create_table(
        "call",
        sa.Column("id", _RowId, primary_key=True),
        sa.Column("at", sa.DateTime, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("smid", sa.Text),
        sa.Column("categories", sa.JSON),
        sa.Column("resource_id", sa.BigInteger),
        sa.Column("verdict", sa.String(4), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("request", sa.JSON, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("call_by_smid", "call", ["smid", "id"])
