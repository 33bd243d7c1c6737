"""
``/_unsub/*`` that changes something: the clock, a resource's mode, back to the start.

For rehearsing. In production none of it is there.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from flask import Blueprint, Response, abort, jsonify, request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from akunsub.pixel.calls import the_store
from akunsub.pixel.faults import HANG_S, Fault, Kind, the_faults
from akunsub.platform import clock as clocks
from akunsub.platform import resources
from akunsub.platform.settings import Resource
from akunsub.platform.settings_file import describe

if TYPE_CHECKING:
    from akunsub.platform.clock import Clock

rehearsal = Blueprint("rehearsal", __name__, url_prefix="/_unsub")

# What can be changed while it runs; the rest is what the resource is.
_SETTINGS = (
    "mode",
    "timer_seconds",
    "reason",
    "unsubscribe_page_url",
    "language",
    "list_unsubscribe",
)
_CENTURY_S = 100 * 366 * 86400
_Body = TypeVar("_Body", bound=BaseModel)


class ClockMove(BaseModel):
    """The body of ``POST /_unsub/clock``: one of three."""

    model_config = ConfigDict(extra="forbid")

    advance_seconds: Annotated[float, Field(ge=0, le=_CENTURY_S, strict=True)] | None = None
    now: AwareDatetime | None = None
    real: bool | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> ClockMove:
        if len(self.model_fields_set) != 1 or self.real is False:
            raise ValueError(
                'send one of {"advance_seconds": 1800}, {"now": "2026-11-23T12:00:00Z"}, '
                '{"real": true}'
            )
        return self


class FaultWish(BaseModel):
    """The body of ``POST /_unsub/faults``."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    times: Annotated[int, Field(ge=1, le=1000, strict=True)] = 1
    seconds: Annotated[float, Field(ge=0, le=60, strict=True)] = HANG_S


@rehearsal.post("/reset")
def reset() -> Response:
    """Go back to the configured state, to the real time, and to no faults."""
    the_store().reset()
    if faults := the_faults():
        faults.clear()
    return jsonify(status="ok")


@rehearsal.post("/faults")
def add_fault() -> Response:
    """Let the next calls of pages meet a fault."""
    asked = _read(FaultWish, _body())
    faults = the_faults()
    if faults:
        faults.add(Fault(asked.kind, asked.seconds), asked.times)
    return list_faults()


@rehearsal.get("/faults")
def list_faults() -> Response:
    """List the faults that wait for a call."""
    faults = the_faults()
    return jsonify(faults=[vars(one) for one in faults.waiting()] if faults else [])


@rehearsal.delete("/faults")
def clear_faults() -> Response:
    """Let no call meet any."""
    if faults := the_faults():
        faults.clear()
    return list_faults()


@rehearsal.post("/clock")
def move_clock() -> Response:
    """Move the clock, or make it real again."""
    move = _read(ClockMove, _body())
    with the_store().write() as connection:
        try:
            if move.advance_seconds is not None:
                shown = clocks.advance(connection, timedelta(seconds=move.advance_seconds))
            elif move.now is not None:
                shown = clocks.stand_at(connection, move.now)
            else:
                shown = clocks.make_real(connection)
        except ValueError as error:
            abort(400, description=str(error))
    return jsonify(describe_clock(shown))


@rehearsal.patch("/resources/<int:resource_id>")
def change_resource(resource_id: int) -> Response:
    """Change a resource's unsubscribe settings while it runs; a restart goes back to the file's."""
    changes = _body()
    for name in changes:
        if name not in _SETTINGS:
            abort(400, description=f"{name[:40]}: can be changed: {', '.join(_SETTINGS)}")
    with the_store().write() as connection:
        found = find_one(resources.list_resources(connection, **_named(resource_id)), resource_id)
        try:
            checked = Resource.model_validate(as_dict(found) | changes)
        except ValidationError as error:
            abort(400, description="; ".join(describe(one) for one in error.errors()))
        values = {name: getattr(checked, name) for name in changes}
        if values:
            resources.change_resource(connection, found.key, **values)
        found = find_one(resources.list_resources(connection, **_named(resource_id)), resource_id)
    return jsonify(as_dict(found))


def describe_clock(shown: Clock) -> dict[str, object]:
    """Return the clock for JSON."""
    return {
        "now": shown.now.isoformat(timespec="milliseconds"),
        "is_real": shown.is_real,
        "is_running": shown.is_running,
        "ahead_seconds": round((shown.now - datetime.now(UTC)).total_seconds(), 3)
        if not shown.is_real
        else 0,
    }


def as_dict(resource: resources.Resource) -> dict[str, Any]:
    """Return a resource for JSON, as ``akunsub.toml`` has it."""
    facts = {name: getattr(resource, name) for name in Resource.model_fields if name in _PLAIN}
    return {
        **resource.key._asdict(),
        **facts,
        "db_ids": list(resource.db_ids),
        "categories": [vars(one) for one in resource.categories.values()],
    }


_PLAIN = {"title", "rtoken", *_SETTINGS}


def find_one(found: list[resources.Resource], resource_id: int) -> resources.Resource:
    """Return the one resource; 404 when there is none, 400 when there are several."""
    if not found:
        abort(404, description=f"there is no resource {resource_id}")
    if len(found) > 1:
        accounts = ", ".join(str(one.key.account_id) for one in found)
        abort(400, description=f"several accounts have it: add ?account_id= one of {accounts}")
    return found[0]


def _named(resource_id: int) -> dict[str, int | None]:
    return {"resource_id": resource_id, "account_id": request.args.get("account_id", type=int)}


def _body() -> dict[str, Any]:
    try:
        body = request.get_json(force=True, silent=True)
    except RecursionError:  # some thousand levels
        body = None
    if not isinstance(body, dict):
        abort(400, description="send a JSON object")
    return body


def _read(model: type[_Body], body: dict[str, Any]) -> _Body:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        abort(400, description="; ".join(describe(one) for one in error.errors()))
