"""
The methods of the server APIs: each one's request, its answer, and what it does.

What they do is the platform's to know; here a request becomes a call of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from akunsub.errors import CallRefusedError
from akunsub.pixel.api import answers, models
from akunsub.pixel.calls import Call, Verdict, verdict_on
from akunsub.platform import administration, bulk, targets, unsubscribe
from akunsub.platform.intents import Intent, check_categories, resolve_smid
from akunsub.platform.state import Moment
from akunsub.platform.statuses import Status
from akunsub.platform.tokens import is_same_token

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from akunsub.platform.resources import Resource
    from akunsub.platform.store import Store


@dataclass
class Task:
    """One request to be carried out."""

    connection: Connection
    now: datetime
    account_id: int
    #: Of the method's declaration.
    request: Any
    #: Its line in the ledger, to be filled in.
    call: Call


@dataclass(frozen=True)
class Method:
    """One method."""

    summary: str
    request: models.Declared
    answer: type[answers.Answer]
    #: In one transaction. For a method with *bulk*, that part which only checks.
    run: Callable[[Task], tuple[answers.Answer, Verdict]]
    #: A method over a whole database: from which status to which.
    bulk: tuple[Status, Status] | None = None


def _message_unsub(task: Task) -> tuple[answers.Answer, Verdict]:
    request, call = task.request, task.call
    categories = None if request.categories is None else tuple(request.categories)
    call.smid, call.categories = request.smid, categories
    intent = Intent(
        action="confirm", smid=request.smid, categories=categories, rtoken=request.rtoken
    )
    resource, subscription = resolve_smid(task.connection, request.smid, task.now, intent=intent)
    call.resource_id, call.mode = resource.key.resource_id, resource.mode
    if resource.key.account_id != task.account_id:
        raise CallRefusedError(
            "unknown_smid", 404, "smid is unknown", fix="it is of another account than the token"
        )
    if not is_same_token(request.rtoken, resource.rtoken):
        raise CallRefusedError(
            "wrong_rtoken",
            403,
            "rtoken is not the token of the smid's resource",
            fix=f'copy it from the "i" tab of resource {resource.key.resource_id}',
        )
    applied = unsubscribe.act(
        task.connection,
        resource,
        subscription,
        "confirm",
        Moment(task.now, task.now),
        check_categories(categories, resource, field="categories", intent=intent),
    )
    return answers.ProfileDone(profile_id=subscription.profile_id), verdict_on(applied)


def _delete(task: Task) -> tuple[answers.Answer, Verdict]:
    return _mark_deleted(task, is_delete=True)


def _undelete(task: Task) -> tuple[answers.Answer, Verdict]:
    return _mark_deleted(task, is_delete=False)


def _mark_deleted(task: Task, *, is_delete: bool) -> tuple[answers.Answer, Verdict]:
    changed = administration.mark_deleted(
        task.connection, _target(task), task.now, is_delete=is_delete
    )
    return answers.DeleteDone(), Verdict(changed.word)


def _get(task: Task) -> tuple[answers.Answer, Verdict]:
    resource, found = targets.find_subscription(task.connection, _target(task), task.now)
    return answers.details(resource, found), Verdict("ok")


def _list(task: Task) -> tuple[answers.Answer, Verdict]:
    request = task.request
    found = administration.list_subscriptions(
        task.connection, task.account_id, request.db_id, request.profile_id, task.now
    )
    return answers.lines(found), Verdict("ok")


def _set(task: Task) -> tuple[answers.Answer, Verdict]:
    request, target = task.request, _target(task)
    resource = targets.find_resource(
        task.connection, task.account_id, request.db_id, request.resource_id
    )
    choices, warnings = _read_cats(request.cats, resource)
    changes = administration.Changes(
        request.status, request.priority, request.custom_fields, choices
    )
    changed = administration.put_subscription(task.connection, target, changes, task.now)
    unkept = [name for name in ("date", "ip", "url") if getattr(request, name) is not None]
    if unkept:
        warnings.append(f"accepted, and not kept: {', '.join(unkept)}")
    event = None if request.skip_triggers else changed.event
    return answers.Done(), Verdict(changed.word, warnings=warnings, event=event)


def _read_cats(
    cats: list[str] | list[models.CategoryChoice] | None, resource: Resource
) -> tuple[dict[str, bool] | None, list[str]]:
    """Return which categories are to be subscribed and which not, and what to warn about."""
    if cats is None:
        return None, []
    choices = {one: True for one in cats if isinstance(one, str)} | {
        one.name: one.active for one in cats if isinstance(one, models.CategoryChoice)
    }
    # Taking up a locked category is fine, so there only unknown names are refused.
    check_categories(tuple(choices) or None, _unlocked(resource), field="cats")
    left = tuple(name for name, is_active in choices.items() if not is_active)
    check_categories(left or None, resource, field="cats")
    if any(isinstance(one, models.CategoryChoice) for one in cats):
        return choices, []
    warnings = []
    for name, category in resource.categories.items():
        if category.locked and name not in choices:
            warnings.append(f"category {name!r} is locked: it stays subscribed")
        choices.setdefault(name, category.locked)
    return choices, warnings


def _unlocked(resource: Resource) -> Resource:
    categories = {
        name: replace(category, locked=False) for name, category in resource.categories.items()
    }
    return replace(resource, categories=categories)


def _target(task: Task) -> targets.Target:
    request = task.request
    return targets.Target(
        account_id=task.account_id,
        db_id=request.db_id,
        resource_id=request.resource_id,
        profile_id=request.profile_id,
        channel=request.channel,
        address=request.address,
        provider=getattr(request, "provider", None),
    )


def _check_scope(task: Task) -> tuple[answers.Answer, Verdict]:
    request = task.request
    if request.resource_id is None:
        targets.check_database(task.connection, task.account_id, request.db_id)
    else:
        targets.find_resource(task.connection, task.account_id, request.db_id, request.resource_id)
    return answers.CountDone(updated=0), Verdict("ok")


def run_over_database(
    store: Store, name: str, task: Task, change: tuple[Status, Status]
) -> tuple[answers.Answer, Verdict]:
    """Carry out a method over a whole database, after its checks; not in a transaction."""
    request = task.request
    scope = bulk.Scope(task.account_id, request.db_id, request.channel, request.resource_id)
    updated = sum(bulk.change_all(store, scope, *change, task.now))
    warning = (
        f"{name.rpartition('/')[2]} touched {updated:,} subscriptions of database "
        f"{request.db_id}, not one profile"
    )
    return answers.CountDone(updated=updated), Verdict("ok", warnings=(warning,))


METHODS: dict[str, Method] = {
    "profiles/message_unsub": Method(
        "Unsubscribe profile from resource",
        models.MESSAGE_UNSUB,
        answers.ProfileDone,
        _message_unsub,
    ),
    "subscriptions/delete": Method(
        "Delete profile subscription", models.OF_SUBSCRIPTION, answers.DeleteDone, _delete
    ),
    "subscriptions/undelete": Method(
        "Restore deleted subscription", models.OF_SUBSCRIPTION, answers.DeleteDone, _undelete
    ),
    "subscriptions/suspend_all": Method(
        "Suspend all subscriptions",
        models.OF_DATABASE,
        answers.CountDone,
        _check_scope,
        (Status.SUBSCRIBED, Status.SUSPENDED),
    ),
    "subscriptions/unsuspend_all": Method(
        "Unsuspend all suspended subscriptions",
        models.OF_DATABASE,
        answers.CountDone,
        _check_scope,
        (Status.SUSPENDED, Status.SUBSCRIBED),
    ),
    "subscriptions/get": Method(
        "Get profile subscription", models.OF_SUBSCRIPTION, answers.GetDone, _get
    ),
    "subscriptions/list": Method(
        "Get all profile subscriptions", models.OF_PROFILE, answers.ListDone, _list
    ),
    "subscriptions/set": Method("Add or edit subscription", models.SET, answers.Done, _set),
}
