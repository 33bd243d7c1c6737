"""The integrity attributes that build.py keeps right in README.md and the demo."""

from __future__ import annotations

import json

import pytest

SETTINGS = """
[project]
version = "1.2.3"
[tool.akunsub.build]
stamp = ["README.md", "demo/index.html", "later.html"]
"""

PAGE = """\
<!doctype html>\r
<script src="https://pxl.example/ak_list_unsubscribe.js?id=MXw3Mw==" integrity="{js}"></script>\r
<script
  type="module" integrity='{mjs}'
  src='./ak_list_unsubscribe.mjs'
  crossorigin="anonymous"
></script>
<script src="ak_list_unsubscribe.debug.js#x" async integrity="{debug}">
"""

UNTOUCHED = """\
<script src="/ak_list_unsubscribe.js"></script>
<script src="/other.js?ak_list_unsubscribe.js" integrity="sha384-other"></script>
<script src="/not_ak_list_unsubscribe.js" integrity="sha384-other"></script>
<script data-src="/ak_list_unsubscribe.js" integrity="sha384-other"></script>
<link href="/ak_list_unsubscribe.js" integrity="sha384-other">
integrity="sha384-other"
"""


@pytest.fixture
def stamped(tree):
    """Return the tree with two stamped files that are stale."""
    page = PAGE.format(js="sha384-old", mjs="", debug="sha384-old")
    tree.write({"pyproject.toml": SETTINGS, "demo/index.html": page, "README.md": UNTOUCHED + page})
    return tree


def page_with_digests(tree):
    files = json.loads(tree.text("dist/manifest.json"))["files"]
    names = {"js": "js", "mjs": "mjs", "debug": "debug.js"}
    return PAGE.format(
        **{k: files[f"ak_list_unsubscribe.{v}"]["integrity"] for k, v in names.items()}
    )


def test_build_stamps_each_tag_that_has_an_integrity(stamped):
    assert stamped.run() == 0

    page = page_with_digests(stamped)
    assert stamped.text("demo/index.html") == page
    assert stamped.text("README.md") == UNTOUCHED + page
    assert not (stamped.root / "later.html").exists()


def test_check_reports_a_stale_stamp(stamped, capsys):
    stamped.run()
    page = stamped.text("demo/index.html")
    stamped.write(
        {"demo/index.html": page.replace('.js?id=MXw3Mw==" integrity="sha384-', '.js" integrity="')}
    )
    capsys.readouterr()

    assert stamped.run("--check") == 1
    assert capsys.readouterr().out == (
        "demo/index.html is not what sdk/ builds\nrun: python build.py\n"
    )


def test_stamping_keeps_the_files_permissions(stamped):
    (stamped.root / "README.md").chmod(0o600)

    stamped.run()

    assert (stamped.root / "README.md").stat().st_mode & 0o777 == 0o600


def test_stamped_file_that_is_not_utf8_is_named(stamped, capsys):
    stamped.write({"README.md": b"\n\xff\n"})

    assert stamped.run() == 1
    assert capsys.readouterr().err.startswith("README.md:2: this is not UTF-8: ")
