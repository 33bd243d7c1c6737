"""The endpoint's settings for pages whose resource nobody has described."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from akunsub.errors import InvalidScriptIdError
from akunsub.platform.ids import CATEGORY_PATTERN, parse_script_id
from akunsub.platform.settings import Category, Message, Resource, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from akunsub.dev.wiring import Page

_PROFILE = "658997338e8f4032d92fd56d"


def with_resources_of(settings: Settings, pages: Iterable[Page]) -> Settings:
    """
    Return *settings*, and in front a resource for each page that is for one they do not have.

    Its categories are the page's own, and somebody gets its messages.
    """
    tokens = {one.rtoken for one in settings.resources}
    known = {(one.account_id, one.resource_id) for one in settings.resources}
    resources: list[Resource] = []
    messages: list[Message] = []
    for (account_id, resource_id), its_pages in _by_resource(pages).items():
        if (account_id, resource_id) in known:
            continue
        rtoken = next((one.tag.rtoken for one in its_pages if one.tag and one.tag.rtoken), "")
        if not rtoken or rtoken in tokens:
            rtoken = f"dev-{account_id}-{resource_id}"
        tokens.add(rtoken)
        names = dict.fromkeys(name for page in its_pages for name in page.categories)
        resources.append(
            Resource(
                account_id=account_id,
                resource_id=resource_id,
                title=f"Resource {resource_id}",
                rtoken=rtoken,
                mode="confirm",
                categories=tuple(
                    Category(name=name, title=name)
                    for name in names
                    if re.fullmatch(CATEGORY_PATTERN, name)
                ),
            )
        )
        messages.append(
            Message(
                smid=f"fDev{account_id:018}x{resource_id:018}",
                account_id=account_id,
                resource_id=resource_id,
                address="john@example.com",
                profile_id=_PROFILE,
            )
        )
    return Settings(
        resources=(*resources, *settings.resources),
        messages=(*messages, *settings.messages),
        api=settings.api,
        event_ignore=settings.event_ignore,
    )


def _by_resource(pages: Iterable[Page]) -> dict[tuple[int, int], list[Page]]:
    found: dict[tuple[int, int], list[Page]] = {}
    for page in pages:
        if key := resource_key(page):
            found.setdefault(key, []).append(page)
    return found


def resource_key(page: Page) -> tuple[int, int] | None:
    """Return account_id and resource_id that *page* is for; ``None``: it does not say."""
    try:
        found = parse_script_id(page.tag.script_id if page.tag else "")
    except InvalidScriptIdError:
        return None
    return found.account_id, found.resource_id
