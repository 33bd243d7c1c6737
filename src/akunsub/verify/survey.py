"""A first look at a page: which resource it is for, so that the endpoint can have that."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from akunsub import assets
from akunsub.errors import InvalidScriptIdError
from akunsub.platform.ids import parse_script_id
from akunsub.verify.forwarding import is_for_pixel_host
from akunsub.verify.loading import loading
from akunsub.verify.page_scripts import FACTS
from akunsub.verify.visit import open_page

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from akunsub.verify.engines import Engine

#: Of the built-in sample and of what ``as_settings`` writes.
SMID = "fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA"
_RTOKEN = "2fHLS9YR9daS-a90b371eecc2952f"
_SCRIPT = "ak_list_unsubscribe.js"


@dataclass(frozen=True)
class Survey:
    """
    What the page says about its resource.

    Attributes:
        resource: account_id and resource_id; ``None``: its script has no id, or a wrong one.
        rtoken: From the tag; empty if it is not there.
        categories: API names that are on the page.
    """

    resource: tuple[int, int] | None
    rtoken: str
    categories: tuple[str, ...]

    def as_settings(self) -> str:
        """Return an ``akunsub.toml`` for a page whose resource nobody described."""
        account_id, resource_id = self.resource or (1, 73)
        lines = [
            "[[resources]]",
            f"account_id = {account_id}",
            f"resource_id = {resource_id}",
            'title = "The page\'s resource"',
            'mode = "confirm"',
            f"rtoken = {json.dumps(self.rtoken or _RTOKEN)}",
        ]
        for name in self.categories:
            lines += [
                "[[resources.categories]]",
                f"name = {json.dumps(name)}",
                f"title = {json.dumps(name)}",
            ]
        lines += [
            "[[messages]]",
            f"smid = {json.dumps(SMID)}",
            f"account_id = {account_id}",
            f"resource_id = {resource_id}",
            'channel = "email"',
            'address = "john@example.com"',
            'profile_id = "658997338e8f4032d92fd56d"',
        ]
        return "\n".join(lines) + "\n"


def survey(engine: Engine, url: str) -> Survey:
    """
    Open the page at *url* and look at it; it reaches no pixel host.

    Raises:
        CannotTellError: It does not load.
    """

    def answer(route: Route) -> None:
        if urlsplit(route.request.url).path.endswith("js"):
            route.fulfill(
                path=assets.folder("dist") / _SCRIPT,
                content_type="text/javascript",
                headers={"Access-Control-Allow-Origin": "*"},
            )
        else:
            route.abort()

    with engine.page() as page:
        page.context.route(is_for_pixel_host, answer)
        with loading(page) as opening:
            open_page(opening, url)
            return _described(page.evaluate(FACTS, {"confirm": "", "cancel": ""}))


def _described(facts: dict[str, Any]) -> Survey:
    script = facts["scripts"][0] if facts["scripts"] else {"src": "", "rtoken": ""}
    script_id = parse_qs(urlsplit(script["src"]).query).get("id", [""])[0]
    try:
        found = parse_script_id(script_id)
        resource = (found.account_id, found.resource_id)
    except InvalidScriptIdError:
        resource = None
    return Survey(resource, script["rtoken"], tuple(facts["categories"]))
