# ruff: noqa: T201  # a command-line tool: what it prints is its interface
"""
Build `sdk/` into `dist/`: bundle, minify, prove that jsmin kept the meaning, fingerprint, stamp.

Up to `stamp` it is text in, text out; files are read and written below that. The same input gives
the same bytes on every machine. Every error is one line that says where, what and what to do.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import json
import re
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

try:
    import brotli
    import jsmin
    import watchfiles
    import zopfli.gzip

    from sdk import bundle as js
    from sdk import names
    from sdk.bundle import BuildError
except ModuleNotFoundError as error:
    wanted = 'pip install "akunsub[build]" or make build'
    raise SystemExit(f"build.py: {error.name} is not installed: {wanted}") from None

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES = "akunsub.d.ts"
ENDPOINT = "http://127.0.0.1:8025/"  # where the pixel endpoint listens by default
SETTINGS = "pyproject.toml [tool.akunsub.build]"
FIGURES = ("raw_bytes", "gzip_bytes", "brotli_bytes")

SCRIPT = re.compile(r"<script\b[^>]*>")
SCRIPT_FILE = re.compile(r"""\ssrc=["'](?:[^"'?#]*/)?([^"'?#/]+)(?:[?#][^"']*)?["']""")
INTEGRITY = re.compile(r"""(\sintegrity=)(["'])[^"']*\2""")

Shape = tuple[int, str, str, int]  # a syntax node: depth, type, text if it is a leaf, row


@dataclass(frozen=True)
class Settings:
    """What pyproject.toml says about the build."""

    version: str
    budgets: dict[str, int]  # file in dist → brotli bytes
    stamp: list[str]


def shortened(bundle: js.Bundle, keep: set[str]) -> js.Bundle:
    """
    Return *bundle* with its variables renamed, line by line what it was.

    Raises:
        BuildError: More than names would have changed.
    """
    text = names.shorten(bundle.text, keep)
    if difference := names.differs(bundle.text, text):
        raise BuildError(js.SOURCE, f"shortening names changed the meaning: {difference}")
    return js.Bundle(text, bundle.places)


def minify(text: str) -> str:
    return str(jsmin.jsmin(text, quote_chars="'\"`")).strip() + "\n"


def shape(text: str) -> list[Shape]:
    """Return the nodes of the syntax tree, comments aside."""
    nodes = []
    for node, _, depth in js.walk(js.PARSER.parse(text.encode()).root_node):
        is_leaf = not node.children or node.type in js.OPAQUE
        leaf = js.text_of(node) if is_leaf else ""
        nodes.append((depth, node.type, leaf, node.start_point.row))
    return nodes


def first_difference(
    before: list[Shape], after: list[Shape], fields: slice
) -> tuple[Shape | None, Shape | None] | None:
    for old, new in zip_longest(before, after):
        if old is None or new is None or old[fields] != new[fields]:
            return old, new
    return None


def prove(bundle: js.Bundle, minified: str) -> None:
    """Raise BuildError unless the minified bundle has the syntax tree of the readable one."""
    before, after = shape(bundle.text), shape(minified)
    difference = first_difference(before, after, slice(3))
    if not difference:
        return
    # The first leaf that differs tells the place best: around an error the parser regroups nodes.
    old_leaves, new_leaves = ([node for node in nodes if node[2]] for nodes in (before, after))
    old, new = first_difference(old_leaves, new_leaves, slice(2, 3)) or difference
    was, became = (repr((node[2] or node[1])[:40]) if node else "nothing" for node in (old, new))
    place = js.at(*bundle.places[(old or before[-1])[3]])
    problem = f"jsmin changed the meaning here: {was} became {became}: write it differently"
    raise BuildError(place, problem)


def describe(name: str, data: bytes) -> dict[str, Any]:
    """
    Return the manifest's entry for one file of dist.

    The gzip figure is zopfli's, a pinned wheel: zlib differs between machines (zlib-ng).
    Integrity: https://www.w3.org/TR/SRI/ section 3.1.
    """
    digest = hashlib.sha384(data).digest()
    integrity = "sha384-" + base64.b64encode(digest).decode()
    kind = 'type="module" ' if name.endswith(".mjs") else ""
    url = f"{ENDPOINT}{name}?id=MXw3Mw=="
    tag = f'<script {kind}src="{url}" integrity="{integrity}" crossorigin="anonymous"></script>'
    return {
        "raw_bytes": len(data),
        "gzip_bytes": len(zopfli.gzip.compress(data)),
        "brotli_bytes": len(brotli.compress(data, quality=11)),
        "integrity": integrity,
        "hashed_name": re.sub(r"(?=(\.d)?\.\w+$)", f".{digest.hex()[:12]}", name, count=1),
        "script_tag": None if name == TYPES else tag,
    }


def check_budgets(files: Mapping[str, dict[str, Any]], budgets: Mapping[str, int]) -> None:
    for name, budget in budgets.items():
        if name not in files:
            raise BuildError(
                "pyproject.toml", f"a budget for {name}, which is not built: delete it"
            )
        size = files[name]["brotli_bytes"]
        if size > budget:
            problem = f"{size:,} bytes brotli, budget {budget:,} ({SETTINGS}): make it smaller"
            raise BuildError(f"dist/{name}", problem)


def table(files: Mapping[str, dict[str, Any]], budgets: Mapping[str, int]) -> str:
    rows: list[tuple[str, ...]] = [("file", "raw", "gzip", "brotli", "budget")]
    for name, entry in files.items():
        figures = [f"{entry[figure]:,}" for figure in FIGURES]
        rows.append((name, *figures, f"{budgets[name]:,}" if name in budgets else "-"))
    return "\n".join(f"{row[0]:<28}" + "".join(f"{cell:>8}" for cell in row[1:]) for row in rows)


def stamp(text: str, files: Mapping[str, dict[str, Any]]) -> str:
    """Return *text* with the present integrity in each script tag of ours that has one."""

    def renew(tag: re.Match[str]) -> str:
        file = SCRIPT_FILE.search(tag[0])
        if not file or file[1] not in files:
            return tag[0]
        return INTEGRITY.sub(rf"\g<1>\g<2>{files[file[1]]['integrity']}\g<2>", tag[0])

    return SCRIPT.sub(renew, text)


def read_text(root: Path, path: str) -> str:
    """Return a UTF-8 file's text, its line ends as they are."""
    try:
        data = (root / path).read_bytes()
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BuildError(f"{path}:{line}", "this is not UTF-8: save the file as UTF-8") from error
    except OSError as error:
        problem = f"cannot be read ({error.strerror}): create it or let me read it"
        raise BuildError(path, problem) from error


def read_settings(root: Path) -> Settings:
    try:
        project = tomllib.loads(read_text(root, "pyproject.toml"))
        ours = project.get("tool", {}).get("akunsub", {}).get("build", {})
        version = str(project["project"]["version"])
    except tomllib.TOMLDecodeError as error:
        raise BuildError("pyproject.toml", f"{error}: correct it") from error
    except KeyError as error:
        raise BuildError("pyproject.toml", "no version: add one to [project]") from error
    return Settings(version, ours.get("budget_brotli_bytes", {}), ours.get("stamp", []))


def read_modules(root: Path, version: str) -> dict[str, js.Module]:
    """Take each file of sdk/src apart. Editors' hidden files are not sources."""
    folder = root / js.SOURCE
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*.js"))
    for entry in (js.CLASSIC, js.MODULE):
        if entry not in names:
            raise BuildError(js.SOURCE + entry, "an entry of the bundle is missing: create it")
    texts = {name: read_text(root, js.SOURCE + name).replace("\r\n", "\n") for name in names}
    return {name: js.parse_module(name, text, version) for name, text in texts.items()}


def build(root: Path) -> tuple[dict[str, bytes], str]:
    """Return every file that a build of *root* leaves, by its path, and the table to print."""
    settings = read_settings(root)
    modules = read_modules(root, settings.version)
    classic, module = (js.bundle(modules, e, settings.version) for e in (js.CLASSIC, js.MODULE))
    used = {file for file, _ in classic.places + module.places}
    for name in modules:
        if name not in used:
            problem = f"neither {js.CLASSIC} nor {js.MODULE} needs this file: import or delete it"
            raise BuildError(js.at(name, 1), problem)
    public = set(modules[js.MODULE].exports)
    short_classic, short_module = (shortened(one, public) for one in (classic, module))
    texts = {
        "ak_list_unsubscribe.js": minify(short_classic.text),
        "ak_list_unsubscribe.debug.js": classic.text,
        "ak_list_unsubscribe.mjs": minify(short_module.text),
        TYPES: read_text(root, f"sdk/{TYPES}").replace("\r\n", "\n"),
    }
    prove(short_classic, texts["ak_list_unsubscribe.js"])
    prove(short_module, texts["ak_list_unsubscribe.mjs"])
    files = {name: describe(name, text.encode()) for name, text in texts.items()}
    check_budgets(files, settings.budgets)
    manifest = {"version": settings.version, "files": files}
    texts["manifest.json"] = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    built = {f"dist/{name}": text.encode() for name, text in texts.items()}
    for path in settings.stamp:
        if (root / path).exists():
            built[path] = stamp(read_text(root, path), files).encode()
    return built, table(files, settings.budgets)


def changed(root: Path, built: Mapping[str, bytes]) -> dict[str, bytes]:
    def is_same(path: Path, data: bytes) -> bool:
        return path.is_file() and path.read_bytes() == data

    return {path: data for path, data in built.items() if not is_same(root / path, data)}


def write(root: Path, files: Mapping[str, bytes]) -> None:
    """Put *files* in place. Each one is the old or the new one whole, whatever happens."""
    with tempfile.TemporaryDirectory(prefix=".build-", dir=root) as folder:
        drafts = {path: Path(folder, str(number)) for number, path in enumerate(files)}
        for path, draft in drafts.items():
            target = root / path
            draft.write_bytes(files[path])
            draft.chmod(target.stat().st_mode if target.exists() else 0o644)
        (root / "dist").mkdir(exist_ok=True)
        for path, draft in drafts.items():
            draft.replace(root / path)


def run(root: Path, *, check: bool) -> int:
    """Build once, or compare only; print what came of it and return the exit code."""
    started = time.perf_counter()
    try:
        built, summary = build(root)
        stale = changed(root, built)
        if not check:
            write(root, stale)
    except (BuildError, OSError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    if not check:
        print(f"{summary}\nbuilt dist/ in {time.perf_counter() - started:.2f} s", flush=True)
        return 0
    for path in stale:
        print(f"{path} is not what sdk/ builds")
    print("run: python build.py" if stale else "dist/ is up to date")
    return 1 if stale else 0


def watch(root: Path) -> int:
    """Build now and on each change, until Ctrl-C."""
    settings = root / "pyproject.toml"
    # Folders, not files: a watch on a file ends when an editor replaces the file.
    folders = [root, *(path for path in [root / "sdk", *root.glob("sdk/**/*")] if path.is_dir())]

    def is_source(_change: watchfiles.Change, path: str) -> bool:
        is_ours = Path(path) == settings or root / "sdk" in Path(path).parents
        return is_ours and "__pycache__" not in path

    # The first turn comes once the watcher runs, so no change falls between it and the first build.
    turns = watchfiles.watch(
        *folders, watch_filter=is_source, recursive=False, rust_timeout=200, yield_on_timeout=True
    )
    with contextlib.suppress(KeyboardInterrupt):
        for turn, changes in enumerate(turns):
            if changes or turn == 0:
                run(root, check=False)
    return 0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="build.py", description="Build sdk/ into dist/.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="only compare; exit 1 if stale")
    mode.add_argument("--watch", action="store_true", help="rebuild on each change until Ctrl-C")
    parser.add_argument("--root", type=Path, default=Path(__file__).parent, help="project folder")
    options = parser.parse_args(argv)
    root = options.root.resolve()
    if not root.is_dir():
        parser.error(f"there is no folder {root}")
    return watch(root) if options.watch else run(root, check=options.check)


if __name__ == "__main__":
    raise SystemExit(main())
