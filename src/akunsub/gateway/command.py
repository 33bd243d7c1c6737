"""``akunsub relay`` and ``akunsub outbox``."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from akunsub.command_parts import (
    config_option,
    database_option,
    json_option,
    load_config,
    log_options,
    set_up_logs,
    stop_on_signal,
)
from akunsub.errors import SettingsError
from akunsub.printable import in_one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.decorators import FC
    from sqlalchemy import RowMapping

    from akunsub.logs import Format
    from akunsub.platform.store import Database

_SHOWN_SMID = 8


@click.command()
@database_option
@config_option
@click.option("--production", is_flag=True, help="For real subscribers, as for akunsub serve.")
@log_options
@json_option
def relay(
    db: str,
    config: Path | None,
    production: bool,  # noqa: FBT001
    log_format: Format | None,
    log_clear: bool,  # noqa: FBT001
    log_key_file: Path | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Deliver what the outbox holds to the platform, beside any number of others that do."""
    from akunsub.gateway.relay import SENDERS
    from akunsub.gateway.running import relaying
    from akunsub.platform.store import Store
    from akunsub.production import prepare_settings

    stopped = stop_on_signal()
    set_up_logs(log_format, log_clear=log_clear, log_key_file=log_key_file, production=production)
    settings, source = load_config(config)
    if production:
        # The server APIs are served elsewhere.
        settings = settings.model_copy(update={"api": None})
        settings = prepare_settings(settings, source=source, api_token_file=None)
    if settings.upstream is None:
        raise SettingsError(
            source or "the built-in sample", ["upstream: is missing; add [upstream]"]
        )
    # A reader, the one that claims, and the senders.
    store = Store(db, settings, pool_size=SENDERS + 2)
    with relaying(store, settings.upstream, production=production):
        if as_json:
            click.echo(json.dumps({"upstream": settings.upstream.url}))
        else:
            click.echo(f"Delivering to {settings.upstream.url}. Ctrl-C stops it.")
        sys.stdout.flush()
        stopped.wait()
    store.close()


@click.group()
def outbox() -> None:
    """Look at what is to be delivered to the platform, and decide on what it refused."""


def _one_or_all(what: str) -> Callable[[FC], FC]:
    def add(function: FC) -> FC:
        ids = click.argument("ids", nargs=-1, type=click.IntRange(1, 2**63 - 1), metavar="[ID]...")
        every = click.option(
            "--all", "is_all", is_flag=True, help=f"{what} everything that is dead."
        )
        return ids(every(function))

    return add


@outbox.command("list")
@database_option
@click.option(
    "--state",
    type=click.Choice(["waiting", "delivered", "dead"]),
    help="Only these. Default: what is waiting or dead.",
)
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 100_000))
@click.option(
    "--smids", is_flag=True, help="Whole smids: with one, its person can be unsubscribed."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, one line for each.")
def list_rows(db: str, state: Any, limit: int, smids: bool, as_json: bool) -> None:  # noqa: ANN401, FBT001
    """List what is to be delivered, the oldest first."""
    from akunsub.platform import outbox as stored

    store = _open(db)
    with store.read() as connection:
        states: list[Any] = [state] if state else ["dead", "waiting"]
        rows = [
            row for one in states for row in stored.list_rows(connection, state=one, limit=limit)
        ]
        depth = stored.depth(connection, datetime.now(UTC))
    store.close()
    facts = [_facts(row, smids=smids) for row in sorted(rows, key=lambda row: row["id"])[:limit]]
    if as_json:
        for one in facts:
            click.echo(json.dumps(one))
        return
    if facts:
        _print_table(facts)
    click.echo(f"{depth.waiting} waiting, {depth.dead} dead.")


@outbox.command()
@database_option
@_one_or_all("Try")
@click.option(
    "--new-request-id",
    "renew",
    is_flag=True,
    help="Should the platform repeat its old answer to the old Request-ID.",
)
def retry(db: str, ids: tuple[int, ...], is_all: bool, renew: bool) -> None:  # noqa: FBT001
    """Try again what is dead."""
    from akunsub.platform import outbox as stored

    _check(ids, is_all=is_all)
    store = _open(db)
    found = store.transact(
        lambda connection: stored.retry(connection, None if is_all else ids, renew=renew)
    )
    store.close()
    _say(found, ids, "to be tried again")


@outbox.command()
@database_option
@_one_or_all("Drop")
def drop(db: str, ids: tuple[int, ...], is_all: bool) -> None:  # noqa: FBT001
    """Drop what is dead: it is never delivered."""
    from akunsub.platform import outbox as stored

    _check(ids, is_all=is_all)
    store = _open(db)
    found = store.transact(lambda connection: stored.drop(connection, None if is_all else ids))
    store.close()
    _say(found, ids, "dropped")


def _open(db: str) -> Database:
    from akunsub.platform.store import Database

    return Database(db, pool_size=1)


def _check(ids: tuple[int, ...], *, is_all: bool) -> None:
    if bool(ids) == is_all:
        raise click.UsageError("name the ids that `akunsub outbox list` shows, or --all")


def _say(found: list[int], ids: tuple[int, ...], what: str) -> None:
    click.echo(f"{len(found)} {what}.")
    if missing := sorted(set(ids) - set(found)):
        names = ", ".join(map(str, missing))
        raise click.ClickException(f"not dead, or not there: {names}")


def _facts(row: RowMapping, *, smids: bool) -> dict[str, object]:
    smid: str = row["smid"]
    return {
        "id": row["id"],
        "state": row["state"],
        "smid": smid if smids or len(smid) <= _SHOWN_SMID else f"{smid[:_SHOWN_SMID]}…",
        "resource": f"{row['account_id']}|{row['resource_id']}",
        "categories": row["categories"],
        "made_at": row["made_at"].isoformat(timespec="seconds"),
        "due_at": row["due_at"].isoformat(timespec="seconds"),
        "settled_at": row["settled_at"] and row["settled_at"].isoformat(timespec="seconds"),
        "tries": row["tries"],
        "reason": row["reason"],
        "request_id": row["request_id"],
    }


def _print_table(facts: list[dict[str, object]]) -> None:
    heads = ("id", "state", "smid", "resource", "categories", "made", "due", "tries", "reason")
    rows = [
        (
            str(one["id"]),
            str(one["state"]),
            str(one["smid"]),
            str(one["resource"]),
            ", ".join(one["categories"]) if isinstance(one["categories"], list) else "all",
            _short(one["made_at"]),
            _short(one["due_at"]) if one["state"] == "waiting" else "",
            str(one["tries"]),
            in_one_line(str(one["reason"] or "")),
        )
        for one in facts
    ]
    widths = [max(len(row[n]) for row in (heads, *rows)) for n in range(len(heads) - 1)]
    for row in (heads, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[-1]]).rstrip())


def _short(time: object) -> str:
    return str(time)[5:19].replace("T", " ")
