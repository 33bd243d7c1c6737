"""What a build leaves in dist/, and what the command line does."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUILD = str(ROOT / "build.py")
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed")

CLASSIC = "ak_list_unsubscribe.js"
DEBUG = "ak_list_unsubscribe.debug.js"
ES_MODULE = "ak_list_unsubscribe.mjs"
TYPES = "akunsub.d.ts"

READABLE = """\
/*! akunsub 1.2.3 | MIT */
(function () {
'use strict';

// sdk/src/join.js
const join = (a, b) => a + '  ' + b;

// sdk/src/thing.js
// What things are made of.


class Thing {
  name() {
    return join('thing', '1.2.3');
  }
}

// sdk/src/classic.js

globalThis.Thing = Thing;
})();
"""


def integrity_of(data: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(data).digest()).decode()


def test_build_leaves_these_files(tree):
    assert tree.run() == 0

    names = [CLASSIC, DEBUG, ES_MODULE, TYPES, "manifest.json"]
    assert sorted(tree.files("dist")) == sorted(f"dist/{name}" for name in names)
    assert [path.name for path in tree.root.iterdir() if path.name.startswith(".")] == []


def test_debug_file_is_readable_and_in_dependency_order(tree):
    tree.run()

    assert tree.text(f"dist/{DEBUG}") == READABLE


def test_classic_script_is_one_strict_function(tree):
    tree.run()

    lines = tree.text(f"dist/{CLASSIC}").splitlines()
    assert lines[0] == "/*! akunsub 1.2.3 | MIT */"
    assert lines[1].startswith("(function(){'use strict';const a=(b,c)=>b+'  '+c;")
    assert lines[-1] == "globalThis.Thing=Thing;})();"


def test_es_module_ends_with_its_exports(tree):
    tree.run()

    lines = tree.text(f"dist/{ES_MODULE}").splitlines()
    assert lines[0] == "/*! akunsub 1.2.3 | MIT */"
    assert lines[1].startswith("const a=(b,c)=>b+'  '+c;")
    assert lines[-1] == "export{Thing};"


def test_types_are_copied(tree):
    tree.run()

    assert tree.text(f"dist/{TYPES}") == tree.text("sdk/akunsub.d.ts")


@needs_node
def test_both_builds_do_what_the_sources_do(tree):
    tree.run()
    dist = tree.root / "dist"
    script = (
        f"require({str(dist / CLASSIC)!r}); const a = new Thing().name(); delete globalThis.Thing;"
        f"require({str(dist / DEBUG)!r}); const b = new Thing().name(); delete globalThis.Thing;"
        f"import({(dist / ES_MODULE).as_uri()!r}).then(({{ Thing }}) =>"
        "  console.log(JSON.stringify([a, b, new Thing().name()])));"
    )

    result = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True)

    assert json.loads(result.stdout) == ["thing  1.2.3"] * 3


def test_manifest_says_what_the_files_are(tree, build):
    tree.run()

    manifest = json.loads(tree.text("dist/manifest.json"))
    assert list(manifest) == ["files", "version"]
    assert manifest["version"] == "1.2.3"
    assert list(manifest["files"]) == sorted([CLASSIC, DEBUG, ES_MODULE, TYPES])
    for name, entry in manifest["files"].items():
        data = (tree.root / "dist" / name).read_bytes()
        short = hashlib.sha384(data).hexdigest()[:12]
        stem, suffix = re.fullmatch(r"(.*?)((?:\.d)?\.\w+)", name).groups()
        kind = 'type="module" ' if name == ES_MODULE else ""
        tag = (
            f'<script {kind}src="http://127.0.0.1:8025/{name}?id=MXw3Mw=="'
            f' integrity="{integrity_of(data)}" crossorigin="anonymous"></script>'
        )
        assert entry == {
            "raw_bytes": len(data),
            "gzip_bytes": len(build.zopfli.gzip.compress(data)),
            "brotli_bytes": len(build.brotli.compress(data, quality=11)),
            "integrity": integrity_of(data),
            "hashed_name": f"{stem}.{short}{suffix}",
            "script_tag": None if name == TYPES else tag,
        }
    assert tree.text("dist/manifest.json") == json.dumps(manifest, indent=2, sort_keys=True) + "\n"


def test_build_prints_a_table(tree, capsys):
    budget = f'[tool.akunsub.build]\nbudget_brotli_bytes = {{ "{CLASSIC}" = 2300 }}\n'
    tree.write({"pyproject.toml": '[project]\nversion = "1.2.3"\n' + budget})

    tree.run()

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "file",
        CLASSIC,
        DEBUG,
        ES_MODULE,
        TYPES,
        "built",
    ]
    assert lines[0].split() == ["file", "raw", "gzip", "brotli", "budget"]
    assert [line.split()[-1] for line in lines[1:5]] == ["2,300", "-", "-", "-"]


def test_windows_line_ends_change_nothing(tree):
    tree.run()
    expected = tree.files("dist")
    sources = {p: c.replace(b"\n", b"\r\n") for p, c in tree.files("sdk").items()}

    tree.write(sources)
    tree.run()

    assert tree.files("dist") == expected


def test_same_input_gives_same_bytes_anywhere(tree, build, tmp_path):
    other = tmp_path / "another place"
    tree.write({"README.md": f'<script src="{CLASSIC}" integrity="old"></script>'})
    settings = '[tool.akunsub.build]\nstamp = ["README.md"]\n'
    tree.write({"pyproject.toml": '[project]\nversion = "1.2.3"\n' + settings})
    for path, data in reversed(tree.files().items()):
        (other / path).parent.mkdir(parents=True, exist_ok=True)
        (other / path).write_bytes(data)
    plain = {**os.environ, "PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    odd = {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONUTF8": "0"}

    processes = [
        subprocess.Popen([sys.executable, BUILD, "--root", root], cwd=cwd, env=env, umask=umask)
        for root, cwd, env, umask in [
            (str(tree.root), ROOT, plain, 0o022),
            (".", other, {**plain, **odd}, 0o077),
        ]
    ]

    assert [process.wait() for process in processes] == [0, 0]
    here, there = (
        {path: data for path, data in folder.items() if path.startswith(("dist/", "README"))}
        for folder in (tree.files(), type(tree)(other, build).files())
    )
    assert here == there
    assert len(here) == 6
    assert (other / "dist" / CLASSIC).stat().st_mode & 0o777 == 0o644


def test_failing_move_leaves_each_file_old_or_new(tree, capsys, monkeypatch):
    tree.run()
    old = tree.files("dist")
    tree.write({"sdk/src/join.js": "export const join = (a, b) => a + b;\n"})
    real, moves = Path.replace, []

    def replace(path: Path, target: Path) -> Path:
        moves.append(target)
        if len(moves) == 3:
            raise OSError(28, "No space left on device")
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        code = tree.run()
    half, message = tree.files("dist"), capsys.readouterr().err
    tree.run()
    new = tree.files("dist")

    assert (code, message) == (1, "[Errno 28] No space left on device\n")
    moved = [path for path in new if half[path] == new[path] != old[path]]
    assert moved == [f"dist/{DEBUG}", f"dist/{CLASSIC}"]
    assert all(half[path] in (old[path], new[path]) for path in new)
    assert not list(tree.root.glob(".build-*"))


def test_full_disk_leaves_dist_as_it_was(tree, monkeypatch):
    tree.run()
    tree.write({"sdk/src/join.js": "export const join = (a, b) => a + b;\n"})
    before = tree.files()

    def write_bytes(path: Path, _data: bytes) -> None:
        path.touch()
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_bytes)
        code = tree.run()

    assert (code, tree.files()) == (1, before)
    assert not list(tree.root.glob(".build-*"))


def test_check_passes_after_a_build(tree, capsys):
    tree.run()
    capsys.readouterr()

    assert tree.run("--check") == 0
    assert capsys.readouterr().out == "dist/ is up to date\n"


def test_check_names_stale_files_and_writes_nothing(tree, capsys):
    tree.run()
    tree.write({f"dist/{DEBUG}": "edited by hand", "dist/manifest.json": None})
    before = tree.files()
    capsys.readouterr()

    assert tree.run("--check") == 1
    assert capsys.readouterr().out == (
        f"dist/{DEBUG} is not what sdk/ builds\n"
        "dist/manifest.json is not what sdk/ builds\n"
        "run: python build.py\n"
    )
    assert tree.files() == before


def test_check_creates_no_dist(tree):
    assert tree.run("--check") == 1
    assert not (tree.root / "dist").exists()
