"""Tokens are compared in one place, in constant time; and none is an argument of a command."""

import ast
import re
from pathlib import Path

import click
import pytest

import akunsub
from akunsub.cli import main
from akunsub.platform.tokens import is_same_token

SOURCE = Path(akunsub.__file__).parent
_SECRET = re.compile(r"token|secret|password|signature|digest", re.IGNORECASE)
# What has such a name and is not one; each with why it may be compared as it is.
ALLOWED = {
    # The database looks for it, in an index. See SECURITY.md: it opens nothing.
    ("platform/resources.py", "tables.resource.c.rtoken == bindparam('rtoken')"),
    # Names of parts of a URL, and of what stands in one for a token.
    ("platform/database.py", "name in _SECRETS"),
    ("platform/settings.py", "name not in {SEND_MESSAGE_ID, RESOURCE_TOKEN}"),
    # A public checksum of a resource's number.
    ("platform/ids.py", "rtoken.rpartition('-')[2] == resource_token_suffix(*key)"),
}


def compared(tree):
    """Comparisons by value of what has the name of a secret."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        if not any(isinstance(one, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for one in node.ops):
            continue
        sides = [node.left, *node.comparators]
        names = [
            one.id if isinstance(one, ast.Name) else one.attr
            for side in sides
            for one in ast.walk(side)
            if isinstance(one, ast.Name | ast.Attribute)
        ]
        if any(_SECRET.search(name) for name in names):
            yield ast.unparse(node)


def test_no_token_is_compared_elsewhere():
    found = {
        (path.relative_to(SOURCE).as_posix(), text)
        for folder in ("pixel", "platform", "gateway", ".")
        for path in (SOURCE.glob("*.py") if folder == "." else (SOURCE / folder).rglob("*.py"))
        for text in compared(ast.parse(path.read_text()))
    }

    assert found == ALLOWED


def test_what_is_looked_for_is_found():
    source = "if given == api.token or x != password or t in tokens or len(token) < 3: pass"

    assert list(compared(ast.parse(source))) == [
        "given == api.token",
        "x != password",
        "t in tokens",
    ]


def test_hmac_is_used_in_that_one_place_only():
    users = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if "compare_digest" in path.read_text()
    }

    assert users == {"platform/tokens.py"}


@pytest.mark.parametrize(
    ("given", "is_same"),
    [
        ("a-token", True),
        ("a-tokem", False),
        ("a-token ", False),
        ("a", False),
        ("", False),
        ("ключ", False),
        ("a-token\ud800", False),
    ],
)
def test_only_the_token_is_the_token(given, is_same):
    assert is_same_token(given, "a-token") is is_same


def commands(group, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def test_no_option_takes_a_secret_itself():
    """On a command line, anybody on the machine can read it."""
    found = [
        (*path, option.opts[0])
        for path, command in commands(main)
        for option in command.params
        if any(_SECRET.search(name) or "key" in name for name in option.opts)
        and not isinstance(option.type, click.Path)
        and not getattr(option, "is_flag", False)
    ]

    assert found == []
    assert any("--api-token-file" in one.opts for one in main.commands["serve"].params)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:s3cret@host/name",
        "postgresql://user@host/name?password=s3cret",
        "postgresql://user@host/name?sslpassword=s3cret",
    ],
)
def test_every_command_refuses_a_database_with_its_password_on_the_command_line(url):
    from click.testing import CliRunner

    takers = [
        path
        for path, command in commands(main)
        if any("--db" in option.opts for option in command.params)
    ]

    assert ("serve",) in takers
    for path in takers:
        done = CliRunner().invoke(main, [*path, "--db", url])
        assert done.exit_code == 2
        assert "a password on the command line can be read by everybody" in done.output
        assert "AKUNSUB_DB" in done.output
        assert "s3cret" not in done.output
