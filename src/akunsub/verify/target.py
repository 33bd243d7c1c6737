"""What is to be checked: a URL, a file, or a folder of files, which are served on a port."""

from __future__ import annotations

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from akunsub.errors import AkUnsubError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class TargetError(AkUnsubError):
    """What was named is neither a URL nor a file nor a folder with pages."""


@dataclass(frozen=True)
class Target:
    """
    One page.

    Attributes:
        name: As a person named it, or the file.
        url: Where it is opened; the smid is added to its query.
        is_local: It is served by us, and asks nothing of the internet.
    """

    name: str
    url: str
    is_local: bool

    def with_smid(self, parameter: str, smid: str) -> str:
        """Return the URL with the smid in it."""
        parts = urlsplit(self.url)
        pair = f"{quote(parameter)}={quote(smid)}"
        return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, pair]))))


def check_is_live(name: str, smid_param: str) -> str:
    """
    Return the smid in the URL *name*.

    Raises:
        TargetError: It is no URL, or has none.
    """
    parts = urlsplit(name)
    smid = parse_qs(parts.query).get(smid_param, [""])[0]
    if parts.scheme not in {"http", "https"} or not smid:
        raise TargetError(
            f"--live needs a URL with the smid of somebody who agrees to leave, such as "
            f"https://…?{smid_param}=…, not {name}"
        )
    return smid


@contextmanager
def served(names: Sequence[str]) -> Iterator[list[Target]]:
    """
    Give a target for each of *names*, files being served until the end.

    Raises:
        TargetError: One cannot be used.
    """
    targets = []
    with ExitStack() as servers:
        for name in names:
            if urlsplit(name).scheme in {"http", "https"}:
                targets.append(Target(name, name, is_local=False))
                continue
            path = Path(name)
            pages = _pages(path)
            folder = path if path.is_dir() else path.parent
            origin = servers.enter_context(_serving(folder))
            for page in pages:
                where = page.relative_to(folder).as_posix()
                targets.append(Target(str(page), f"{origin}/{quote(where)}", is_local=True))
        yield targets


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """Serve *folder* with no header that the pages' own server may not send; give the origin."""
    handler = partial(_Handler, directory=str(folder.resolve()))
    with _FolderServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _FolderServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a browser hangs up when its page goes."""


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing: the report does."""


def _pages(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.exists():
        raise TargetError(f"there is no {path}; name a URL, an HTML file or a folder")
    pages = sorted(one for one in path.rglob("*.htm*") if one.is_file())
    if not pages:
        raise TargetError(f"{path} has no *.html in it")
    return pages
