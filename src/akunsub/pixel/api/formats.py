"""
JSON and XML, in and out: a body as a tree of names, and an answer as the documented bytes.

XML comes from strangers: no document type, no entities, few levels, few elements.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NoReturn
from xml.sax.saxutils import escape  # nosec B406  # it only writes

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from akunsub.errors import CallRefusedError
from akunsub.pixel.api.fields import Repeated

if TYPE_CHECKING:
    from akunsub.pixel.api.models import Format

#: The largest body that is read: 1 MiB.
MAX_BODY_BYTES = 1024 * 1024
#: What a Content-Type says, and what it means. Nothing said is JSON, as for /unsub/*.
MEDIA_TYPES: dict[str, Format] = {
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/plain": "json",
    "": "json",
}
ANSWER_TYPES: dict[Format, str] = {"json": "application/json", "xml": "application/xml"}
_ROOT = "xml"
# The deepest that means anything is xml, cc_data, id.
_MAX_LEVELS = 8
_MAX_PARTS = 10_000
_ENCODING = re.compile(r"""<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
_SURROGATE = re.compile("[\ud800-\udfff]")
# What no XML document can hold, however it is written.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def format_of(content_type: str) -> Format:
    """
    Return what a Content-Type announces.

    Raises:
        CallRefusedError: Neither JSON nor XML, or another character set than UTF-8.
    """
    media_type, _, parameters = content_type.partition(";")
    found = MEDIA_TYPES.get(media_type.strip().lower())
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
    if found is None or charset not in {"", "utf-8", "utf8"}:
        raise CallRefusedError(
            "wrong_content_type",
            415,
            f"send application/json or application/xml in UTF-8, not {content_type[:100]!r}",
        )
    return found


def read_body(body: bytes, announced: Format) -> dict[str, Any]:
    """
    Read a body. What it says is not checked here.

    Args:
        body: At most MAX_BODY_BYTES + 1 bytes of it.
        announced: By its Content-Type.

    Raises:
        CallRefusedError: ``bad_body``, or ``body_too_large``.
    """
    if len(body) > MAX_BODY_BYTES:
        raise CallRefusedError(
            "body_too_large", 400, f"the body has more than {MAX_BODY_BYTES:,} bytes"
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _bad_body(f"the body is not UTF-8 (byte {error.start})") from error
    return _read_json(text) if announced == "json" else _read_xml(text)


def _read_json(text: str) -> dict[str, Any]:
    try:
        tree = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        fix = "say Content-Type: application/xml" if text.lstrip()[:1] == "<" else ""
        raise _bad_body(f"the body is not JSON ({error})", fix) from error
    if not isinstance(tree, dict):
        raise _bad_body("the JSON body must be an object")
    _check_parts(tree)
    return tree


def _check_parts(tree: object) -> None:
    """Refuse what is too deep, too much, or cannot be stored or answered."""
    to_check = [(tree, 1)]
    parts = 0
    while to_check:
        part, level = to_check.pop()
        if isinstance(part, str):
            # SQL text has no zero, and half a surrogate pair is no UTF-8.
            if "\0" in part or _SURROGATE.search(part):
                raise _bad_body("a text holds a zero character or half a character")
        elif isinstance(part, (dict, list)):
            if level > _MAX_LEVELS:
                raise _bad_body(f"the JSON is nested deeper than {_MAX_LEVELS} levels")
            parts += len(part)
            if parts > _MAX_PARTS:
                raise _bad_body(f"the JSON has more than {_MAX_PARTS:,} parts")
            inner = [*part, *part.values()] if isinstance(part, dict) else part
            to_check += [(one, level + 1) for one in inner]


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in pairs:
        if name in tree:
            raise ValueError(f"key {name[:100]!r} is there twice")
        tree[name] = value
    if len(tree) > _MAX_PARTS:
        raise ValueError(f"an object has more than {_MAX_PARTS:,} keys")
    return tree


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


class TreeTarget:
    """What the XML parser tells, as a tree. It stops the parser at the first thing too many."""

    def __init__(self) -> None:
        self.parts = 0
        # Of each open element: its name, the parts in it, the text in it.
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []
        self._tree: object = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Go into an element."""
        self.parts += 1
        if self.parts > _MAX_PARTS:
            raise _bad_body(f"the XML has more than {_MAX_PARTS:,} elements")
        if len(self._open) >= _MAX_LEVELS:
            raise _bad_body(f"the XML is nested deeper than {_MAX_LEVELS} levels")
        if attributes:
            raise _bad_body(f"element <{name[:100]}> has attributes: they mean nothing here")
        if not self._open and name != _ROOT:
            raise _bad_body(f"the root element is <{name[:100]}>, not <{_ROOT}>")
        self._open.append((name, {}, []))

    def data(self, text: str) -> None:
        """Take a piece of text."""
        self._open[-1][2].append(text)

    def end(self, _name: str) -> None:
        """Leave an element: it becomes its text, or its parts by name."""
        name, parts, pieces = self._open.pop()
        text = "".join(pieces)
        if parts and text.strip():
            raise _bad_body(f"element <{name[:100]}> holds both text and elements")
        value = parts or text
        if not self._open:
            self._tree = value
            return
        siblings = self._open[-1][1]
        if name not in siblings:
            siblings[name] = value
        elif isinstance(siblings[name], Repeated):
            siblings[name].append(value)
        else:
            siblings[name] = Repeated([siblings[name], value])

    def close(self) -> dict[str, Any]:
        """Return the tree."""
        if isinstance(self._tree, str) and self._tree.strip():
            raise _bad_body(f"element <{_ROOT}> holds text, not elements")
        return self._tree if isinstance(self._tree, dict) else {}


def _read_xml(text: str) -> dict[str, Any]:
    encoding = _ENCODING.match(text)
    if encoding and encoding[1].lower() not in {"utf-8", "utf8"}:
        raise _bad_body(f"the XML says that its encoding is {encoding[1][:40]!r}: use UTF-8")
    parser = DefusedXMLParser(target=TreeTarget(), forbid_dtd=True)
    try:
        parser.feed(text)
        tree: Any = parser.close()
    except DefusedXmlException as error:
        raise _bad_body("the XML has a document type or entities: leave them out") from error
    except (ParseError, ValueError) as error:
        raise _bad_body(f"the body is not XML ({error})") from error
    return dict(tree)


def _bad_body(text: str, fix: str = "") -> CallRefusedError:
    return CallRefusedError("bad_body", 400, text, fix=fix)


def write(answer: dict[str, Any], as_format: Format) -> str:
    """Return *answer* as the documentation prints answers: one field on each line."""
    if as_format == "json":
        return json.dumps(answer, indent=0, ensure_ascii=False)
    return "\n".join(_to_lines(_ROOT, answer))


def _to_lines(name: str, value: Any) -> list[str]:  # noqa: ANN401 (whatever JSON has)
    if isinstance(value, list):
        return [line for one in value for line in _to_lines(name, one)]
    if isinstance(value, dict) and value:
        inner = [line for key, one in value.items() for line in _to_lines(key, one)]
        return [f"<{name}>", *inner, f"</{name}>"]
    if value is None:
        return [f"<{name}/>"]
    if isinstance(value, dict):
        return [f"<{name}></{name}>"]
    text = json.dumps(value) if isinstance(value, bool) else str(value)
    return [f"<{name}>{escape(_NOT_XML.sub('�', text))}</{name}>"]
