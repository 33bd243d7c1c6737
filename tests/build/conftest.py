"""A small project to build in a temporary folder, and build.py as a module."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[2]

PROJECT = {
    "pyproject.toml": '[project]\nversion = "1.2.3"\n',
    "sdk/akunsub.d.ts": "export class Thing {}\n",
    "sdk/src/classic.js": "import { Thing } from './thing.js';\n\nglobalThis.Thing = Thing;\n",
    "sdk/src/module.js": "import { Thing } from './thing.js';\n\nexport { Thing };\n",
    "sdk/src/thing.js": (
        "// What things are made of.\n"
        "\n"
        "import { join } from './join.js';\n"
        "\n"
        "export class Thing {\n"
        "  name() {\n"
        "    return join('thing', '__VERSION__');\n"
        "  }\n"
        "}\n"
    ),
    "sdk/src/join.js": "export const join = (a, b) => a + '  ' + b;\n",
}


def load_build() -> ModuleType:
    """Load build.py under another name: `build` is PyPA's package."""
    sys.path.insert(0, str(ROOT))  # build.py imports sdk.bundle
    spec = importlib.util.spec_from_file_location("akunsub_build", ROOT / "build.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


class Tree:
    """A project folder; `run` is `python build.py ARGUMENTS` on it."""

    def __init__(self, root: Path, build: ModuleType) -> None:
        self.root = root
        self._main = build.main

    def write(self, files: dict[str, str | bytes | None]) -> None:
        for path, content in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                target.unlink()
            else:
                target.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self, *arguments: str) -> int:
        return self._main(["--root", str(self.root), *arguments])

    def text(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def files(self, folder: str = ".") -> dict[str, bytes]:
        """Return every file's bytes by its path: two folders are equal if these are."""
        paths = sorted((self.root / folder).rglob("*"))
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in paths
            if path.is_file()
        }


@pytest.fixture(scope="session")
def build() -> ModuleType:
    return load_build()


@pytest.fixture
def tree(tmp_path: Path, build: ModuleType) -> Tree:
    tree = Tree(tmp_path / "project", build)
    tree.write(PROJECT)
    return tree
