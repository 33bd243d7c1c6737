"""What the inspector's address says is looked for: a view can be shared by its address."""

from __future__ import annotations

from flask import abort, request

from akunsub.platform.ledger import Search

_LONGEST = 200
_NAMES = {"verdict": "verdict", "action": "action", "smid": "smid", "q": "text"}


def read_search() -> Search:
    """Return what the request's query looks for; 400 where it cannot be."""
    found = {field: request.args.get(name, "").strip() for name, field in _NAMES.items()}
    for name, field in _NAMES.items():
        if len(found[field]) > _LONGEST:
            abort(400, description=f"{name} is longer than {_LONGEST} characters")
    if found["verdict"] not in {"", "good", "bad"}:
        abort(400, description="verdict is good or bad")
    return Search(**found)


def as_query(search: Search) -> dict[str, str]:
    """Return the parameters of an address that looks for the same."""
    named = {name: getattr(search, field) for name, field in _NAMES.items()}
    return {name: value for name, value in named.items() if value}
