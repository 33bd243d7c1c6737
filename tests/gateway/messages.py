"""Messages that only the platform knows."""

from __future__ import annotations

from sqlalchemy import insert

from akunsub.platform import tables

PROFILE_ID = "abc123abc123abc123abc123"


def add_message(endpoint, smid):
    """Let the platform at *endpoint* have sent *smid*, to somebody of its own."""
    with endpoint.store.write() as connection:
        added = connection.execute(
            insert(tables.subscription).values(
                account_id=1,
                resource_id=73,
                profile_id=PROFILE_ID,
                channel="email",
                address=f"{smid}@example.com",
                status="subscribed",
            )
        )
        connection.execute(
            insert(tables.message).values(smid=smid, subscription_id=added.inserted_primary_key[0])
        )
