"""A page, the endpoint that it is wired to, and what watches both."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from akunsub.dev.page_settings import resource_key, with_resources_of
from akunsub.dev.site import Person, create_dev_site, only_here, with_smid
from akunsub.dev.sources import SourceError, open_source
from akunsub.dev.telling import Telling, as_line
from akunsub.dev.watching import Watching
from akunsub.dev.wiring import OURS, Wires, read_page
from akunsub.pixel.app import create_app
from akunsub.pixel.inspector.views import FRAMED_BY
from akunsub.pixel.server import THREADS, Server, serve_near
from akunsub.platform.ids import format_script_id
from akunsub.platform.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from akunsub.dev.wiring import Page
    from akunsub.platform.settings import Settings


@dataclass(frozen=True)
class Session:
    """
    Where everything is.

    Attributes:
        page: The page, as the first of the people opens it.
        beside: The same beside the inspector.
        endpoint: Its origin.
        sdk: URL of the SDK for the page's resource.
        has_tag: The page loads the SDK by itself.
        people: Who can open a page: one for each resource, the page's in front.
    """

    page: str
    beside: str
    endpoint: str
    sdk: str
    has_tag: bool
    people: Sequence[Person]


@contextmanager
def developing(
    named: str,
    settings: Settings,
    *,
    port: int,
    page_port: int,
    smid_param: str,
    tell: Callable[[str], None],
) -> Iterator[Session]:
    """
    Serve a page and an endpoint until the end.

    Args:
        named: A file, a folder or a URL.
        settings: The endpoint's; where pages are for other resources, those are added.
        port: The endpoint's; another one, if it is taken.
        page_port: The pages'; likewise.
        smid_param: Name of the query's field that has the smid.
        tell: Is given a line, in some thread, when a call has come or a file has changed.

    Raises:
        SourceError: There is no page.
        ServerError: There is no port.
    """
    source = open_source(named)
    paths = source.pages()
    if not paths:
        raise SourceError(f"{named} has no *.html in it; --starter writes one there")
    pages = [read_page(text) for text in source.texts(paths)]
    settings = with_resources_of(settings, pages)
    account_id, resource_id = _resource_of(pages, settings)
    people = _people(settings, (account_id, resource_id))
    with ExitStack() as resources:
        folder = resources.enter_context(TemporaryDirectory(prefix="akunsub-dev-"))
        store = Store(Path(folder, "unsub.db"), settings, pool_size=THREADS)
        resources.callback(store.close)
        app = create_app(store)
        only_here(app)
        endpoint = resources.enter_context(serve_near(port, lambda at: Server(app, port=at)))
        script_id = format_script_id(account_id, resource_id)
        wires = Wires(
            endpoint.url,
            f"{endpoint.url}/ak_list_unsubscribe.js?id={script_id}",
            own_hosts=frozenset(filter(None, [source.host])),
        )
        for page in pages:
            wires.note(page)
        watching = resources.enter_context(Watching(source.folder, tell))
        known = frozenset((one.account_id, one.resource_id) for one in settings.resources)
        dev_site = create_dev_site(
            source, wires, watching, people, smid_param=smid_param, known=known, tell=tell
        )
        site = resources.enter_context(serve_near(page_port, lambda at: Server(dev_site, port=at)))
        app.config[FRAMED_BY] = site.url
        resources.enter_context(Telling(store, lambda call: tell(as_line(call))))
        first = with_smid(paths[0], smid_param, people[0].smid) if people else paths[0]
        yield Session(
            page=f"{site.url}{first}",
            beside=f"{site.url}{OURS}",
            endpoint=endpoint.url,
            sdk=wires.sdk,
            has_tag=not pages or pages[0].tag is not None,
            people=people,
        )


def _resource_of(pages: Sequence[Page], settings: Settings) -> tuple[int, int]:
    """Return the resource that the first page is for, else the first there is."""
    named = next(filter(None, map(resource_key, pages)), None)
    first = settings.resources[0]
    return named or (first.account_id, first.resource_id)


def _people(settings: Settings, likeliest: tuple[int, int]) -> list[Person]:
    found: dict[tuple[int, int], str] = {}
    for message in settings.messages:
        found.setdefault((message.account_id, message.resource_id), message.smid)
    resources = {(one.account_id, one.resource_id): one for one in settings.resources}
    return [
        Person(found[key], resources[key].mode, resources[key].title)
        for key in sorted(found, key=lambda key: key != likeliest)
    ]
