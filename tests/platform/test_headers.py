"""A mail's headers: what mail programs read, and nothing that somebody smuggled in."""

import json
from email import message_from_string
from email.header import decode_header, make_header

import pytest
from click.testing import CliRunner

from akunsub.cli import main
from akunsub.platform.headers import make_headers
from akunsub.platform.ids import ResourceKey
from tests.conftest import PREVENTED, SMID

KEY = ResourceKey(1, 73)
URL = "https://pxl.example.com"


def test_the_three_headers():
    assert make_headers(SMID, "Example Shop", KEY, url=URL) == {
        "List-Unsubscribe": f"<{URL}/u/{SMID}?via=list_unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-ID": "Example Shop <resource-73.account-1.pxl.example.com>",
    }


@pytest.mark.parametrize(
    "title",
    [
        "Shop\r\nBcc: everybody@example.com",
        "Shop\nX: y",
        "Магазин\u2028X: y",
        'Shop "the" <best>',
        "Магазин",
        "x" * 200,
        "",
    ],
)
def test_a_title_stays_within_its_header(title):
    headers = make_headers(SMID, title, KEY, url=URL)

    text = "".join(f"{name}: {value}\n" for name, value in headers.items())
    parsed = message_from_string(text + "\nbody")
    assert list(parsed.keys()) == list(headers)
    assert all(value.isascii() and "\n" not in value for value in headers.values())
    list_id = str(make_header(decode_header(parsed["List-ID"])))
    assert list_id.endswith("<resource-73.account-1.pxl.example.com>")


@pytest.mark.parametrize(
    "url", ["", "pxl.example.com", "https://x/>\r\nX: y", "ftp://x", "https://"]
)
def test_what_is_no_host_is_refused(url):
    with pytest.raises(ValueError, match="the address of"):
        make_headers(SMID, "Shop", KEY, url=url)


def run(*arguments):
    return CliRunner().invoke(main, ["headers", *arguments])


def test_the_command_prints_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    plain = run(SMID, "--url", URL)
    as_json = run(SMID, "--url", URL, "--json")

    assert plain.exit_code == 0
    assert f"List-Unsubscribe: <{URL}/u/{SMID}?via=list_unsubscribe>" in plain.output
    assert json.loads(as_json.output)["headers"]["List-Unsubscribe-Post"] == (
        "List-Unsubscribe=One-Click"
    )


def test_the_command_says_why_there_are_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert "prevented" in run(PREVENTED["smid"], "--url", URL).output


def test_an_unknown_message_is_told_with_the_nearest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    result = run(SMID[:-1] + "B", "--url", URL)

    assert result.exit_code == 1
    assert f"did you mean {SMID}?" in result.output
