"""The hash in the script's tag is the script's."""

from __future__ import annotations

import base64
import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from akunsub import assets
from akunsub.verify.locating import at
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence


def _check(evidence: Evidence) -> Iterator[Finding]:
    own = f"{evidence.plan.origin}/"
    for script in evidence.opened.facts["scripts"]:
        if not script["integrity"]:
            continue
        name = PurePosixPath(urlsplit(script["src"]).path).name
        path = assets.folder("dist") / name
        right = hashes_of(path.read_bytes()) if path.is_file() else []
        if not set(right) & set(script["integrity"].split()):
            told = f"{name} has {right[0]}" if right else f"dist/ has no {name}"
            yield Finding("the hash is that of another file", evidence=(told,), **at(script))
        elif script["crossOrigin"] is None and not script["src"].startswith(own):
            yield Finding(
                "a hash without crossorigin: the browser refuses the script", **at(script)
            )


def hashes_of(content: bytes) -> list[str]:
    """Return what ``integrity`` may say of *content*, the usual one first."""
    return [
        f"{name}-{base64.b64encode(hashlib.new(name, content).digest()).decode()}"
        for name in ("sha384", "sha512", "sha256")
    ]


RULE = Rule(
    id="integrity",
    group="works",
    level="error",
    title="The hash in the script's tag is the script's.",
    why="With another hash the browser does not run the script: nobody can leave.",
    source="https://developer.mozilla.org/en-US/docs/Web/Security/Subresource_Integrity",
    fix=(
        "Copy the hash from dist/manifest.json of the version that the tag names, and add "
        "crossorigin='anonymous'."
    ),
    check=_check,
)
