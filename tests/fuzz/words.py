"""What is fuzzed with: good values, what is nearly one, and anything."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from hypothesis import strategies as st

from akunsub.platform.settings import Api
from akunsub.platform.settings_file import load_sample
from tests.conftest import RTOKEN, SCRIPT_ID
from tests.fuzz.asking import Request, in_target

#: The sample's own token is the documentation's example of an address, too.
TOKEN = "fuzz-T0ken-8bce1759"
SAMPLE = load_sample().model_copy(update={"api": Api(token=TOKEN)})
SMIDS = [one.smid for one in SAMPLE.messages]
_SCRIPT_IDS = [SCRIPT_ID, "MXw3NA==", "MXw3NQ", "MXw3Ng..", "MXwz", "MXwyNg=="]
_NAMES = ["category_1", "category_2", "cat_to_unsub", "orders", "morning", "evening", "weekly"]

# Longer than a number that Python reads at once, than 64 bits, than a date.
_NUMBERS = ["0", "-1", "1", "007", "1.0", "1e9", "NaN", "1_0", "٣", "9" * 18, "9" * 30, "9" * 5000]
_ODD = ["", " ", "\0", "\ud800", "\ufeff", "'\"", "<b>", "{send_message_id}", "%", "%00", "a\r\nb"]
_ODD += [
    "x" * 201,
    "я" * 300,
    "../..",
    "null",
    "true",
    "[]",
    "{}",
    "&#0;",
    "𝕏",
    "\u2028",
    "e\u0301",
]
anything = st.one_of(
    st.sampled_from(_ODD), st.sampled_from(_NUMBERS), st.text(max_size=20), st.text("aA0=_.-|")
)


@st.composite
def mostly(draw, good, *other):
    """*good*, and at times something else: what stops at the door tells nothing of inside."""
    # Not one_of, which gives each of a strategy's own alternatives the same chance.
    return draw(st.one_of(*other) if draw(st.integers(0, 9)) == 9 else good)


@st.composite
def nearly(draw, good):
    """One of *good*, or that with a small change."""
    text = draw(st.sampled_from(good))
    at = draw(st.integers(0, len(text)))
    changes = [text] * 5 + [text[:at], text[at:], f"{text}{text}", text.swapcase(), f" {text}"]
    changes += [text[:at] + draw(st.characters()) + text[at + 1 :]]
    return draw(st.sampled_from(changes))


smids = mostly(st.sampled_from(SMIDS), nearly(SMIDS), anything)
categories = st.lists(st.one_of(st.sampled_from(_NAMES), nearly(_NAMES), anything), max_size=4)
request_ids = st.one_of(st.uuids().map(str), st.sampled_from(["r1", "r2", "r" * 100]), anything)
FIELDS = {
    "smid": smids,
    "id": st.one_of(st.sampled_from(_SCRIPT_IDS), nearly(_SCRIPT_IDS), anything),
    "rtoken": st.one_of(nearly([one.rtoken for one in SAMPLE.resources]), anything),
    "request_id": request_ids,
    "age_ms": st.one_of(st.integers(-5, 10**16).map(str), st.sampled_from(["0", "5"]), anything),
    "v": anything,
}


@st.composite
def unsub_fields(draw):
    """Fields of a call of a page, by name: values, one or several."""
    good = {"smid": [SMIDS[0]], "id": [SCRIPT_ID]}
    good |= draw(
        st.sampled_from([{}, {"rtoken": [RTOKEN]}, {"smid": [SMIDS[6]], "id": ["MXw3NA=="]}])
    )
    changed = draw(st.lists(st.sampled_from(list(FIELDS)), max_size=3, unique=True))
    fields = good | {name: [draw(FIELDS[name])] for name in changed}
    for name, values in (
        ("categories", categories),
        ("replaces", st.lists(request_ids, max_size=3)),
    ):
        if draw(st.integers(0, 2)) == 0:
            fields[name] = draw(values)
    if draw(st.integers(0, 9)) == 0:
        fields |= draw(st.dictionaries(anything, st.lists(anything, max_size=2), max_size=2))
    return fields


def _bytes(text):
    return text.encode("utf-8", "surrogatepass")


def as_form(fields):
    return urlencode([(_bytes(n), _bytes(v)) for n, values in fields.items() for v in values])


def as_multipart(fields, *, boundary="b"):
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, values in fields.items()
        for value in values
    ]
    return _bytes("".join([*parts, f"--{boundary}--\r\n"]))


def as_xml(fields):
    """Without care for what XML can hold: that is for the parser to see."""

    def element(name, value):
        if isinstance(value, dict):
            value = "".join(element(*one) for one in value.items())
        return f"<{name}>{value}</{name}>"

    return _bytes(element("xml", "".join(element(n, v) for n in fields for v in fields[n])))


def as_json(fields, *, lists=("categories", "replaces", "cats")):
    return _bytes(
        json.dumps(
            {n: v if n in lists or len(v) != 1 else v[0] for n, v in fields.items()},
            ensure_ascii=False,
        )
    )


_FORM, _JSON, _XML = "application/x-www-form-urlencoded", "application/json", "application/xml"
_ENCODINGS = {
    _FORM: lambda fields: as_form(fields).encode(),
    "multipart/form-data; boundary=b": as_multipart,
    _JSON: as_json,
    _XML: as_xml,
}
_TYPES = [
    *_ENCODINGS,
    *("", "text/plain", "text/xml", "text/plain; charset=utf-16", f"{_JSON}; charset=UTF-8"),
    *(f'{_FORM}; charset="', "multipart/form-data", "multipart/form-data; boundary=\xe9", "x"),
    *(f"{_FORM}; charset*=x''%80", "multipart/form-data; boundary*0=a; boundary*1=b", "a/b;;=;c"),
]
# A piece of syntax, of any of them.
_PIECES = [
    b"{",
    b"[" * 5000,
    b'"',
    b"\\u0000",
    b"\\ud800",
    b"\xff",
    b"\0",
    b"%",
    b"%zz",
    b"&",
    b"=",
]
_PIECES += [
    b"<",
    b"<!DOCTYPE x>",
    b"<![CDATA[x]]>",
    b"&amp;",
    b"&x;",
    b"<a b='c'/>",
    b"<?x?>",
    b"--b",
]
_PIECES += [
    b"\r\n",
    b"9" * 5000,
    b"1e999",
    b"NaN",
    b"\xef\xbb\xbf",
    b"<a>" * 20,
    b";",
    b"+",
    b"*=''",
]


@st.composite
def mutated(draw, data):
    """*data*, most of the time as it is."""
    for _ in range(draw(st.sampled_from([0, 0, 0, 0, 0, 0, 1, 2, 3]))):
        at = draw(st.integers(0, len(data)))
        until = draw(st.integers(at, min(len(data), at + 8)))
        piece = draw(st.one_of(st.just(b""), st.sampled_from(_PIECES), st.binary(max_size=4)))
        data = data[:at] + piece + data[until:]
    return data


@st.composite
def bodies(draw, fields, types=tuple(_ENCODINGS)):
    """A Content-Type and a body: they fit together, most of the time."""
    kind = draw(st.sampled_from(types))
    data = draw(mutated(_ENCODINGS[kind](draw(fields))))
    said = draw(mostly(st.just(kind), st.sampled_from(_TYPES), header_text))
    return said, data


#: What a header can hold: the rest is for the socket (test_fuzz_sockets.py).
header_text = st.text(
    st.characters(max_codepoint=255, blacklist_categories=["Cc"]), max_size=30
).map(str.strip)
_ODD_HEADER = [
    "",
    ",",
    ";",
    "=",
    '"',
    "a=b;c",
    "*",
    "*/*",
    "\x80\xff",
    "x" * 3000,
    "q=",
    ";q=1",
    ", ,",
]


def _header(*usual):
    return st.one_of(st.sampled_from(usual), st.sampled_from(_ODD_HEADER), header_text)


HEADERS = {
    "Accept": _header("text/html", "*/*", "text/html;q=nan", "a/b;q=1e9", "application/json;q=0"),
    "Accept-Language": _header("ru", "en-GB,en;q=0.8", "xx-yy-zz;q=-1", "*;q=0", "ru;q=9e99"),
    "Accept-Encoding": _header("br", "gzip;q=0", "identity;q=0,*;q=0"),
    "Authorization": _header(
        f"Bearer {TOKEN}", "Basic \xff", "Basic YTpi", "Digest a*=b''%", "Bearer"
    ),
    "Cookie": _header("a=b", 'a="\\400"', "a"),
    "Expect": _header("200-ok"),
    "Host": _header("a..b", "[::1", "[::1]:80", "a:b", ":80", "x" * 300, "xn--a", "\xe9", "a/b"),
    "If-Modified-Since": _header(
        "Mon, 99 Jan 99999 00:00:00 GMT", "0", "Mon, 1 Jan 0001 00:00:00 GMT"
    ),
    "If-None-Match": _header('W/"x"', '"', "*"),
    "Last-Event-ID": _header("1", "٣".encode().decode("latin-1"), "\xb2", "9" * 5000),
    "Origin": _header("null", "https://a.example", "a, b"),
    "Purpose": _header("prefetch", "Prefetch;prerender"),
    "Range": _header("bytes=0-1", "bytes=-", "bytes=9" + "9" * 5000 + "-", "bytes=1-0"),
    "Referer": _header("http://["),
    "Request-ID": _header("r1", "r" * 300),
    "User-Agent": _header("Mozilla/5.0", ""),
    "X-Forwarded-For": _header("127.0.0.1", "x, y", "::1%eth0"),
    "X-Forwarded-Host": _header("["),
    "X-Request-ID": _header("r1"),
}
_some_headers = st.lists(st.sampled_from(list(HEADERS)), max_size=2, unique=True).flatmap(
    lambda names: st.tuples(*(st.tuples(st.just(name), HEADERS[name]) for name in names))
)
_HTML = (("Accept", "text/html"),)
headers = st.one_of(_some_headers, _some_headers, st.just(_HTML))
methods = mostly(
    st.just("POST"),
    st.sampled_from(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "X" * 40]),
)
queries = st.one_of(
    st.just(""),
    st.just(""),
    st.dictionaries(
        st.sampled_from(["format", "token", "via", "done", "smid", "id", "do", "a"]),
        anything,
        max_size=2,
    ).map(lambda query: f"?{urlencode({n: _bytes(v) for n, v in query.items()})}"),
    st.binary(max_size=10).map(lambda data: f"?{in_target(data)}"),
    st.sampled_from(
        ["?", "??", "?&&=", "?%", "?%zz", "?%ff=%00", "?a=b;c=d", "?format=xml&format=x"]
    ),
)


def requests(paths, contents, usual_method=methods):
    """
    Requests.

    Args:
        paths: Of the path, as text.
        contents: Of a Content-Type and a body.
        usual_method: Of the method.
    """

    @st.composite
    def build(draw):
        method = draw(usual_method)
        said, body = draw(contents) if method in {"POST", "PATCH", "PUT"} else (None, b"")
        more = draw(headers)
        kind = () if said is None else (("Content-Type", said.strip()),)
        return Request(method, in_target(draw(paths)) + draw(queries), (*kind, *more), body)

    return build()
