"""Serving the SDK file."""

import gzip
import hashlib
import json
from pathlib import Path

import brotli
import pytest

from tests.conftest import SCRIPT_ID

DIST = Path(__file__).parents[2] / "dist"
NAME = "ak_list_unsubscribe.js"
MANIFEST = json.loads((DIST / "manifest.json").read_text())


def get(endpoint, name=NAME, *, encoding="identity", **options):
    options.setdefault("params", {"id": SCRIPT_ID})
    headers = {"accept-encoding": encoding} | options.pop("headers", {})
    return endpoint.http.get(f"{endpoint.url}/{name}", headers=headers, **options)


@pytest.mark.parametrize("script_id", ["MXw3Mw==", "MXw3Mw..", "MXw3Mw", "MXwz", None])
def test_one_constant_file_serves_every_resource(endpoint, script_id):
    answer = get(endpoint, params={"id": script_id} if script_id else {})

    assert answer.content == (DIST / NAME).read_bytes()
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("script_id", ["MXw5OQ==", "MXw3Mw=", "1|73", "", "<script>"])
def test_an_unknown_or_malformed_id_is_not_found(endpoint, script_id):
    answer = get(endpoint, params={"id": script_id})

    assert answer.status_code == 404
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["error"] == 404


@pytest.mark.parametrize(
    ("encoding", "used", "decode"),
    [
        ("br, gzip", "br", brotli.decompress),
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("zstd", None, bytes),
        ("", None, bytes),
    ],
)
def test_the_best_encoding_asked_for_is_used(endpoint, encoding, used, decode):
    with endpoint.http.stream(
        "GET", f"{endpoint.url}/{NAME}", headers={"accept-encoding": encoding}
    ) as answer:
        raw = b"".join(answer.iter_raw())

    assert answer.headers.get("content-encoding") == used
    assert answer.headers["vary"] == "Accept-Encoding"
    assert decode(raw) == (DIST / NAME).read_bytes()
    assert len(raw) == int(answer.headers["content-length"])


def test_brotli_is_as_small_as_the_manifest_says(endpoint):
    length = int(get(endpoint, encoding="br").headers["content-length"])

    assert length == MANIFEST["files"][NAME]["brotli_bytes"]


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_an_unchanged_file_is_not_sent_again(endpoint, encoding):
    first = get(endpoint, encoding=encoding)
    again = get(endpoint, encoding=encoding, headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "public, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_each_encoding_has_its_own_tag(endpoint):
    tags = {get(endpoint, encoding=encoding).headers["etag"] for encoding in ("", "gzip", "br")}

    assert len(tags) == 3


@pytest.mark.parametrize("name", [NAME, "ak_list_unsubscribe.mjs", "ak_list_unsubscribe.debug.js"])
def test_the_hashed_name_is_immutable(endpoint, name):
    facts = MANIFEST["files"][name]
    answer = get(endpoint, facts["hashed_name"])

    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.content == (DIST / name).read_bytes()
    assert facts["hashed_name"].split(".")[-2] == hashlib.sha384(answer.content).hexdigest()[:12]


@pytest.mark.parametrize(
    "name", ["ak_list_unsubscribe.000000000000.js", "manifest.json", "akunsub.d.ts", "../README.md"]
)
def test_nothing_else_is_served(endpoint, name):
    assert get(endpoint, name).status_code == 404


def test_head_is_answered_without_a_body(endpoint):
    answer = endpoint.http.head(f"{endpoint.url}/{NAME}", params={"id": SCRIPT_ID})

    assert (answer.status_code, answer.content) == (200, b"")
