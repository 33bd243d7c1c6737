"""The rules' pages say what the rules say, and name nothing that the command or the SDK lacks."""

from __future__ import annotations

import re
import shlex
from typing import get_args

import pytest
import tree_sitter_javascript
from tree_sitter import Language, Parser

from akunsub.cli import main
from akunsub.verify.model import Group, Status
from akunsub.verify.reports.help_pages import help_page
from akunsub.verify.rules import all_rules
from tests.conftest import ROOT

RULES = {rule.id: rule for rule in all_rules()}
FOLDER = ROOT / "docs" / "rules"
INDEX = FOLDER / "README.md"
PAGES = sorted(set(FOLDER.glob("*.md")) - {INDEX})
VERIFY = main.commands["verify"]
DECLARED = (ROOT / "sdk" / "akunsub.d.ts").read_text(encoding="utf-8")
SECTIONS = ["Why", "What is tried", "How to fix", "Not found by this rule"]
COMMAND = re.compile(r"`akunsub (verify [^`]+)`")
JAVASCRIPT = Parser(Language(tree_sitter_javascript.language()))

each_page = pytest.mark.parametrize("page", [*PAGES, INDEX], ids=lambda path: path.stem)


def test_every_rule_has_a_page_and_every_page_a_rule():
    assert {page.stem for page in PAGES} == set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_page_says_what_its_rule_says(rule):
    text = (ROOT / help_page(rule)).read_text(encoding="utf-8")

    lines = text.splitlines()
    head = [f"# {rule.id}", rule.title, f"Level: {rule.level} · Group: {rule.group}"]
    assert lines[0:5:2] == head
    assert f"Source: <{rule.source}>" in lines
    assert re.findall(r"^## (.+)$", text, re.M) == SECTIONS
    assert lines[-1] == f"`akunsub verify page.html --rule {rule.id}`"


def test_the_index_lists_every_rule_in_the_order_of_a_report():
    text = INDEX.read_text(encoding="utf-8")

    listed = re.findall(r"^\| \[([\w-]+)\]\(([\w-]+)\.md\) \| (\w+) \| (.+) \|$", text, re.M)
    groups = [name.lower() for name in re.findall(r"^## (.+)\n\n\| rule", text, re.M)]
    assert listed == [(rule.id, rule.id, rule.level, rule.title) for rule in RULES.values()]
    assert groups == list(get_args(Group))


def test_the_index_explains_every_status():
    explained = set(re.findall(r"`(\w+)`: ", INDEX.read_text(encoding="utf-8")))

    assert set(get_args(Status)) <= explained


@each_page
def test_the_command_lines_parse(page):
    for line in COMMAND.findall(page.read_text(encoding="utf-8")):
        parsed = VERIFY.make_context("verify", shlex.split(line)[1:])

        assert parsed.params["target"] == ("page.html",)
        assert set(parsed.params["rule_ids"]) <= set(RULES)


@each_page
def test_the_options_are_those_of_the_command(page):
    known = {name for parameter in VERIFY.params for name in parameter.opts}
    named = set(re.findall(r"`(--[a-z-]+)", page.read_text(encoding="utf-8")))

    assert named <= known


@each_page
def test_the_links_within_the_folder_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https://)([^)]+)\)", page.read_text(encoding="utf-8")):
        name, _, anchor = target.partition("#")

        headings = re.findall(r"^#+ (.+)$", (FOLDER / name).read_text(encoding="utf-8"), re.M)
        assert not anchor or anchor in {one.lower().replace(" ", "-") for one in headings}


@each_page
def test_the_snippets_are_javascript_and_name_only_what_the_sdk_has(page):
    text = page.read_text(encoding="utf-8")
    scripts = re.findall(r"^```js\n(.*?)^```$", text, re.M | re.S)
    codes = re.search(r"type AkUnsubErrorCode =(.*?);", DECLARED, re.S)[1]

    assert [one for one in scripts if JAVASCRIPT.parse(one.encode()).root_node.has_error] == []
    assert set(re.findall(r"\.code === '(\w+)'", text)) <= set(re.findall(r"'(\w+)'", codes))
    assert set(re.findall(r"'akunsub:\w+'", text)) <= set(re.findall(r"'akunsub:\w+'", DECLARED))
    assert set(re.findall(r"[uU]nsub\.(\w+)\(", text)) <= {"confirmUnsub", "cancelUnsub"}
    attributes = set(re.findall(r"data-ak-[\w-]+", text))
    assert attributes <= set(re.findall(r"data-ak-[\w-]+", (ROOT / "README.md").read_text("utf-8")))
