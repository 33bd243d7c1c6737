"""
Each parser by itself, with more than comes through a socket in the same time.

What they may raise is a refusal that says what is wrong; and what they read, they read again.
"""

from __future__ import annotations

import json
from functools import partial
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import pytest
from defusedxml import ElementTree
from flask import Flask
from hypothesis import strategies as st
from werkzeug.test import create_environ

from akunsub.errors import CallRefusedError, InvalidScriptIdError, SettingsError
from akunsub.pixel import access, link, wire
from akunsub.pixel.api import fields, formats
from akunsub.pixel.api.checking import check
from akunsub.pixel.api.methods import METHODS
from akunsub.pixel.concealing import without_token
from akunsub.pixel.form import read_form
from akunsub.platform import ids
from akunsub.platform.headers import make_headers
from akunsub.platform.intents import Intent
from akunsub.platform.settings_file import parse_settings, read_sample
from tests.fuzz import words
from tests.fuzz.test_fuzz_requests import api_fields
from tests.fuzz.words import SMIDS, TOKEN, anything, mutated

BODIES = st.one_of(
    words.bodies(words.unsub_fields()),
    st.tuples(st.sampled_from(words._TYPES), mutated(b"")),
    st.tuples(st.sampled_from(words._TYPES), st.binary(max_size=60)),
)
UNSTORABLE = ("\0", "\ud800")


def attempt(read, *arguments, refused=CallRefusedError):
    """Return what *read* returns, or the refusal that it raises, and whether it is one."""
    try:
        return read(*arguments), False
    except refused as refusal:
        return refusal, True


def test_a_body_of_a_page_is_read_or_refused(budget):
    def read(body):
        said, data = body
        intent, is_refused = attempt(wire.read_intent, "confirm", said, data)
        if is_refused:
            assert intent.error in {400, 413, 415}
            assert intent.error_text
            return
        assert_is_clean(intent)
        if b"%" not in data and "json" not in said and said:
            # A form without anything encoded says what it says.
            plain = dict(parse_qsl(data.decode().replace("+", " "), keep_blank_values=True))
            assert intent.smid == (plain.get("smid") or None)

    budget.run(read, 400, body=BODIES)


def test_a_query_is_read_or_refused(budget):
    def read(query):
        intent, is_refused = attempt(wire.read_query, "state", query)
        if is_refused:
            assert intent.code == "bad_body"
        else:
            assert_is_clean(intent)

    form = words.unsub_fields().map(lambda found: words.as_form(found).encode())
    budget.run(read, 300, query=st.one_of(form.flatmap(mutated), st.binary(max_size=60)))


def assert_is_clean(intent):
    assert isinstance(intent, Intent)
    texts = [intent.smid, intent.rtoken, intent.script_id, intent.request_id, *intent.replaces]
    for text in (*texts, *(intent.categories or ())):
        assert text is None or not any("\ud800" <= one <= "\udfff" or one == "\0" for one in text)
    assert 0 <= intent.age_ms < 10**15
    assert len(intent.replaces) <= wire.MAX_REPLACED


API_BODIES = st.sampled_from(list(METHODS)).flatmap(
    lambda name: st.tuples(
        st.one_of(
            words.bodies(api_fields(name), ("application/json", "application/xml")),
            st.tuples(st.sampled_from(list(formats.MEDIA_TYPES)), mutated(b"<xml><a>b</a></xml>")),
            st.tuples(st.sampled_from(list(formats.MEDIA_TYPES)), mutated(b'{"a": [{"b": 1.5}]}')),
        ),
        st.just(name),
    )
)


def test_a_body_of_a_server_is_read_and_checked_or_refused(budget):
    def read(said, data, name):
        written_as = formats.format_of(said)
        return check(METHODS[name].request, formats.read_body(data, written_as), written_as)

    def try_to(body_and_name):
        body, name = body_and_name
        found, is_refused = attempt(read, *body, name)
        if is_refused:
            assert found.error in {400, 415}
            for written in ("json", "xml"):
                answer = {"error": found.error, "error_text": found.error_text}
                assert_reads_back(answer, written)
        else:
            assert found.model_fields_set

    budget.run(try_to, 400, body_and_name=API_BODIES)


def assert_reads_back(answer, written):
    text = formats.write(answer, written)
    if written == "json":
        assert json.loads(text) == answer
    else:
        root = ElementTree.fromstring(text.encode("utf-8"))
        assert [one.tag for one in root] == list(answer)


def test_what_xml_elements_say_is_read(budget):
    def read(values):
        parts = "".join(f"<a>{escape(one)}</a>" for one in values)
        found = formats.read_body(f"<xml>{parts}</xml>".encode(), "xml")["a"]
        # XML has one kind of line break.
        expected = [one.replace("\r\n", "\n").replace("\r", "\n") for one in values]
        assert isinstance(found, fields.Repeated) == (len(values) > 1)
        assert found == (expected if len(values) > 1 else expected[0])

    text = st.text().map(lambda one: formats._NOT_XML.sub("", one))
    budget.run(read, 100, values=st.lists(text, min_size=1, max_size=4))


#: Nothing of it is served: it makes requests.
_APP = Flask("tests.fuzz")


def test_a_form_is_read_or_refused(budget):
    def read(body):
        said, data = body
        with _APP.test_request_context("/", method="POST", data=data, content_type=said):
            found, is_refused = attempt(read_form, data)
        if is_refused:
            assert (found.code, found.error) in {("bad_body", 400), ("body_too_large", 413)}
        else:
            assert not any("\0" in value for _, value in found.items(multi=True))

    multipart = "multipart/form-data; boundary=b"
    disposition = (
        b'--b\r\nContent-Disposition: form-data; name="do"; filename="x"; a*=utf-8\'\'b\r\n'
    )
    headers = disposition + b"Content-Type: text/plain; charset=latin-1\r\nContent-Length: 5\r\n"
    bodies = st.one_of(
        words.bodies(words.unsub_fields(), (multipart, "application/x-www-form-urlencoded")),
        st.tuples(st.just(multipart), mutated(headers + b"\r\nvalue\r\n--b--\r\n")),
    )
    budget.run(read, 300, body=bodies)


def test_an_id_is_read_or_refused(budget):
    def read(text):
        key, is_refused = attempt(ids.parse_script_id, text, refused=InvalidScriptIdError)
        assert is_refused or ids.format_script_id(*key).rstrip("=") == text.rstrip("=.")

    made = st.tuples(st.integers(1, 10**18 - 1), st.integers(1, 10**18 - 1)).map(
        lambda key: ids.format_script_id(*key)
    )
    near = made.flatmap(lambda one: words.nearly([one, one.rstrip("="), one.replace("=", ".")]))
    budget.run(read, 400, text=st.one_of(near, words.FIELDS["id"], st.text("MXw3=.+/")))


def test_a_smid_is_told_and_never_more(budget):
    def read(text):
        is_one = ids.is_smid(text)
        ids.smid_kind(text)
        old = ids.parse_legacy_usmid(text)
        assert old is None or is_one

    legacy = st.from_regex(ids._LEGACY_USMID, fullmatch=True)
    budget.run(read, 400, text=st.one_of(legacy, words.smids, words.nearly(["u5a9bf01a17_3cd_1"])))


def test_a_login_is_right_or_wrong(budget):
    def look(header):
        with _APP.test_request_context("/", headers={"Authorization": header}):
            is_right = access._is_token(TOKEN)
        assert not is_right or TOKEN in header or header.lower().startswith("basic")

    given = [f"Bearer {TOKEN}", "Basic eDpmdXp6LVQwa2VuLThiY2UxNzU5", "Digest a=\"b\", c*=utf-8''d"]
    text = st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n"), max_size=40)
    prefixed = st.tuples(st.sampled_from(["Bearer ", "Basic ", "Digest ", "X ", ""]), text)
    header = st.one_of(st.sampled_from(given), prefixed.map("".join))
    budget.run(look, 400, header=header)


def test_no_known_token_is_left_in_a_text(budget):
    def conceal(before, after):
        assert TOKEN not in without_token(before + TOKEN + after, TOKEN)

    budget.run(conceal, 200, before=anything, after=anything)


def test_a_title_and_an_address_make_headers_or_are_refused(budget):
    def make(title, url):
        try:
            made = make_headers("f", title, ids.ResourceKey(1, 73), url=url)
        except ValueError:
            return
        for value in made.values():
            assert value.isascii()
            assert value.isprintable()

    near = words.nearly(["https://pxl.example.com", "http://[::1]:80", "http://a/b"])
    budget.run(make, 300, title=st.text(), url=st.one_of(near, anything))


_SAMPLE = read_sample()
_LINES = [line for line in _SAMPLE.splitlines() if line and not line.lstrip().startswith("#")]
# Those that the sample does not have, or has in a comment.
_HOSTS = ["a.example", "a..b", "a:99999", "[::1", "{send_message_id}.b", "x" * 64, "é.b", "a:x"]
_URLS = [f"https://{one}/{{send_message_id}}" for one in _HOSTS]
_OF_RESOURCE = [[], ["timer_seconds = 60", 'language = "ru"'], ["db_ids = [1, 2]"]]
_OF_RESOURCE += [[f'unsubscribe_page_url = "{url}"'] for url in _URLS]
_OF_MESSAGE = [[], *([f'unsubscribe_link = "{url}"'] for url in _URLS)]
_IGNORED = ["[event_ignore]", 'networks = ["192.0.2.0/24", "::1"]', 'user_agents = ["Bot"]']
_TOML_VALUES = ["9" * 5000, "0x" + "f" * 9000, "1e400", "nan", "-inf", "''", '"\\u0000"', "[[]]"]
_TOML_VALUES += ["0001-01-01T00:00:00+23:59", "07:32:00", "{a={}}", "[" * 3000, "true", "-1", "'я'"]
_TOML_VALUES += ["'http://['", "'https://a..b/'", "'https://h:99999/'", "'::/0'", "['x']"]


@st.composite
def settings_texts(draw):
    """The sample's lines, with some changed, moved, twice or gone."""
    lines = [*_LINES, *_IGNORED]
    for after, more in (("[[resources]]", _OF_RESOURCE), ("[[messages]]", _OF_MESSAGE)):
        lines[lines.index(after) + 1 : lines.index(after) + 1] = draw(st.sampled_from(more))
    for _ in range(draw(st.sampled_from([0, 0, 1, 2, 3]))):
        at = draw(st.integers(0, len(lines) - 1))
        name, is_set, _ = lines[at].partition("=")
        value = draw(st.one_of(st.sampled_from(_TOML_VALUES), anything))
        lines[at : at + 1] = draw(
            st.sampled_from(
                [
                    *([[f"{name}= {value}"] if is_set else []] * 4),
                    [],
                    [lines[at], lines[at]],
                    [lines[at], f"{value} = 1"],
                    [draw(st.sampled_from(_LINES)), lines[at]],
                ]
            )
        )
    return draw(mutated("\n".join(lines).encode("utf-8", "replace"))).decode("utf-8", "replace")


def test_a_settings_file_is_read_or_each_fault_is_told(budget):
    parse = partial(parse_settings, source="akunsub.toml")

    def read(text):
        found, is_refused = attempt(parse, text, refused=SettingsError)
        if is_refused:
            assert found.problems
            assert all(problem.strip() for problem in found.problems)
        else:
            # Whatever was taken can be served: a person who opens the link is led on.
            for one in (*found.resources, *found.messages):
                url = getattr(one, "unsubscribe_page_url", getattr(one, "unsubscribe_link", None))
                if url is not None:
                    led_on = link._redirect(link.fill_in(url, SMIDS[0], "t"))
                    assert led_on.get_wsgi_headers(create_environ())["Location"].isascii()

    budget.run(read, 300, text=settings_texts())


@pytest.mark.parametrize("value", UNSTORABLE)
def test_what_cannot_be_stored_is_among_what_is_tried(value):
    assert value in words._ODD
