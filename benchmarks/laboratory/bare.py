"""
The limit for this design: a route that inserts one row, on the same server and the same store.

``python -m benchmarks.laboratory.bare DATABASE`` answers on a free port and prints it. It keeps
what the ledger keeps of a request, with the same durability, and nothing else.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask, Response, jsonify, request
from sqlalchemy import JSON, BigInteger, Column, Index, Integer, MetaData, String, Table, insert

from akunsub.command_parts import stop_on_signal
from akunsub.pixel.server import CONNECTIONS, Server
from akunsub.platform.settings_file import load_sample
from akunsub.platform.store import Store
from akunsub.platform.tables import UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy import Connection

_metadata = MetaData()
_table = Table(
    "bare",
    _metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("smid", String(200)),
    Column("request", JSON, nullable=False),
    Index("bare_by_smid", "smid", "id"),
    sqlite_autoincrement=True,
)
_add = insert(_table)


def create_app(store: Store) -> Flask:
    """Return an application whose one route inserts a row."""
    app = Flask("benchmarks.bare", static_folder=None)
    store.transact(_metadata.create_all)

    @app.post("/bare")
    def keep() -> Response:
        body = request.get_data()
        facts = {
            "method": request.method,
            "path": request.path,
            "headers": dict(request.headers),
            "body": body.decode(),
        }
        row = {"at": datetime.now(UTC), "smid": request.form["smid"], "request": facts}

        def work(connection: Connection) -> None:
            connection.execute(_add, row)

        store.transact(work)
        return jsonify(error=0, error_text="Successful operation")

    return app


def main() -> None:
    """Answer until a signal comes."""
    stopped = stop_on_signal()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    store = Store(sys.argv[1], load_sample(), pool_size=CONNECTIONS)
    with Server(create_app(store)) as server:
        sys.stdout.write(json.dumps({"url": server.url}) + "\n")
        sys.stdout.flush()
        stopped.wait()
    store.close()


if __name__ == "__main__":
    main()
