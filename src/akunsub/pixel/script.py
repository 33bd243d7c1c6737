"""
Serving the SDK: one constant file under the platform's name, and under its hashed name.

The ``id`` in the URL is only checked here; the script reads it itself.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import lru_cache
from typing import TYPE_CHECKING

import brotli
from flask import Response, abort, current_app, request

from akunsub import assets
from akunsub.errors import AkUnsubError, InvalidScriptIdError
from akunsub.platform import ids, resources

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from akunsub.platform.store import Store

_PREFIX = "ak_list_unsubscribe."
# Best first.
_ENCODINGS = ("br", "gzip", "identity")
_DIST_KEY = "akunsub_dist"


def init_app(app: Flask) -> None:
    """Serve what build.py built; a new build is picked up without a restart."""
    app.extensions[_DIST_KEY] = assets.folder("dist")
    app.add_url_rule("/<name>", "script", _serve)


def _serve(name: str) -> Response:
    dist: Path = current_app.extensions[_DIST_KEY]
    manifest = _read_manifest(dist / "manifest.json", _version_of(dist / "manifest.json"))
    hashed_names = {facts["hashed_name"]: real for real, facts in manifest["files"].items()}
    real = hashed_names.get(name, name)
    if not real.startswith(_PREFIX) or real not in manifest["files"]:
        abort(404, description=f"there is no {name!r} here")
    _check_id(request.args.get("id"))

    path = dist / real
    encoding = request.accept_encodings.best_match(_ENCODINGS, default="identity")
    body, digest = _read_encoded(path, _version_of(path), encoding)
    response = Response(body, content_type="text/javascript; charset=utf-8")
    if encoding != "identity":
        response.headers["Content-Encoding"] = encoding
    # The encodings are different bytes, so each has its own strong tag.
    response.set_etag(f"{digest}-{encoding}")
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if name in hashed_names else "public, no-cache"
    )
    response.headers["Vary"] = "Accept-Encoding"
    # integrity="…" needs CORS, and a page with COEP needs CORP.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.make_conditional(request)
    return response


def _check_id(script_id: str | None) -> None:
    # No id at all is a page that names its resource by rtoken.
    if script_id is None:
        return
    try:
        key = ids.parse_script_id(script_id)
    except InvalidScriptIdError as error:
        abort(404, description=str(error))
    store: Store = current_app.extensions["akunsub_store"]
    with store.read() as connection:
        if resources.find_resource(connection, key=key) is None:
            abort(
                404,
                description=f"id {script_id} is resource {key.resource_id} of account "
                f"{key.account_id}, which is not configured",
            )


def _version_of(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise AkUnsubError(f"{path} is missing; run: python build.py") from error


@lru_cache(maxsize=8)
def _read_manifest(path: Path, _version: int) -> dict[str, dict[str, dict[str, str]]]:
    manifest: dict[str, dict[str, dict[str, str]]] = json.loads(path.read_bytes())
    return manifest


@lru_cache(maxsize=64)
def _read_encoded(path: Path, _version: int, encoding: str) -> tuple[bytes, str]:
    body = path.read_bytes()
    digest = hashlib.sha256(body).hexdigest()[:16]
    if encoding == "br":
        body = brotli.compress(body, quality=11)
    elif encoding == "gzip":
        body = gzip.compress(body, compresslevel=9, mtime=0)
    return body, digest
