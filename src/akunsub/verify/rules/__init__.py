"""The rules, in the order in which they are told: each module here is one."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, get_args

from akunsub.verify.model import Group

if TYPE_CHECKING:
    from akunsub.verify.model import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    """Return every rule, by group and then by id."""
    modules = [import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__)]
    groups = get_args(Group)
    return tuple(sorted((m.RULE for m in modules), key=lambda r: (groups.index(r.group), r.id)))
