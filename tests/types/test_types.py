"""The public contract, sdk/akunsub.d.ts: TypeScript takes it, and the sources keep it."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess

import pytest

from tests.conftest import ROOT

TYPESCRIPT = "typescript@5.9.3"
ACORN = "acorn@8.15.0"
DECLARED = (ROOT / "sdk" / "akunsub.d.ts").read_text()
SOURCES = "".join(path.read_text() for path in (ROOT / "sdk" / "src").glob("*.js"))

needs_node = pytest.mark.skipif(
    not shutil.which("npm"), reason="npm is not installed: apt-get install npm"
)


@pytest.fixture(scope="session")
def npm_tools():
    """TypeScript and acorn, fetched once by the npm client into a folder that git ignores."""
    folder = ROOT / ".cache" / "npm"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = folder / "installed.txt"
    if not wanted.exists() or wanted.read_text() != f"{TYPESCRIPT} {ACORN}":
        subprocess.run(
            ["npm", "install", "--silent", "--no-save", "--no-package-lock", "--no-audit",
             "--prefix", str(folder), TYPESCRIPT, ACORN],
            check=True,
            timeout=300,
        )  # fmt: skip
        wanted.write_text(f"{TYPESCRIPT} {ACORN}")
    return folder / "node_modules" / ".bin"


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@needs_node
def test_a_sample_that_uses_all_of_it_compiles_under_strict(npm_tools):
    done = run(
        npm_tools / "tsc", "--noEmit", "--strict", "--exactOptionalPropertyTypes",
        "--noUnusedLocals", "--target", "es2017", "--module", "esnext",
        "--moduleResolution", "bundler", "--lib", "es2017,dom",
        ROOT / "tests" / "types" / "sample.ts",
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (0, "")


@needs_node
@pytest.mark.parametrize("name", ["ak_list_unsubscribe.js", "ak_list_unsubscribe.debug.js"])
def test_another_parser_finds_nothing_newer_than_es2017(npm_tools, name):
    done = run(npm_tools / "acorn", "--ecma2017", "--silent", ROOT / "dist" / name)

    assert (done.returncode, done.stderr) == (0, "")


def test_every_option_is_declared_and_no_other():
    names = re.search(r"const NAMES = \[(.*?)\]", SOURCES, re.DOTALL)[1]
    interface = re.search(r"interface AkUnsubOptions \{(.*?)\n\}", DECLARED, re.DOTALL)[1]

    assert set(re.findall(r"'(\w+)'", names)) == set(re.findall(r"^  (\w+)\?:", interface, re.M))


def test_every_error_code_is_declared_and_no_other():
    used = set(re.findall(r"new AkUnsubError\(\s*'(\w+)'", SOURCES))
    used |= set(re.findall(r"code === '(\w+)'", SOURCES)) | {"refused"}
    declared = re.search(r"type AkUnsubErrorCode =(.*?);", DECLARED, re.DOTALL)[1]
    used |= {code for code in re.findall(r"'(\w+)'", declared) if f"? '{code}'" in SOURCES}
    used |= set(re.findall(r"error\.code \? error : new AkUnsubError\('(\w+)'", SOURCES))

    assert used == set(re.findall(r"'(\w+)'", declared))


def test_every_result_field_is_declared_and_no_other():
    taken = re.search(r"\[\s*('status'.*?),?\s*\]", SOURCES, re.DOTALL)[1]
    interface = re.search(r"interface AkUnsubResult \{(.*?)\n\}", DECLARED, re.DOTALL)[1]

    assert re.findall(r"'(\w+)'", taken) == re.findall(r"^  (\w+):", interface, re.M)


def test_every_declared_member_has_documentation():
    lines = DECLARED.splitlines()
    bare = [
        line.strip()
        for before, line in itertools.pairwise(lines)
        if re.match(r"  (static )?(readonly )?\w+(\??:|\()", line)
        and not before.strip().endswith("*/")
    ]

    assert bare == []
