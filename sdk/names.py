"""
Give a bundle's own variables short names, which jsmin does not do. Pure: text in, text out.

``differs`` proves, from the two texts alone, that every name still means the same variable.
"""

from __future__ import annotations

import string
from collections import Counter
from itertools import chain, product, zip_longest
from typing import TYPE_CHECKING

from sdk.bundle import OPAQUE, PARSER, bound_names, text_of, undeclared_names, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    Variable = tuple[int, str]  # where the scope starts that declares it, and what it is called

_LETTERS = string.ascii_letters + "$_"
_RESERVED = {"as", "do", "if", "in", "is", "of"}
# { smid } is short for { smid: smid }.
_SHORTHAND = {"shorthand_property_identifier", "shorthand_property_identifier_pattern"}
_USES = {"identifier", *_SHORTHAND}


def shorten(text: str, keep: set[str]) -> str:
    """
    Return *text* with its own variables renamed, and nothing else changed; lines stay lines.

    Args:
        text: A readable bundle.
        keep: Names that are for others to see: exports.
    """
    root = PARSER.parse(text.encode()).root_node
    uses = [(node, _variable(node)) for node, *_ in walk(root) if node.type in _USES]
    fixed = keep | {text_of(node) for node, variable in uses if variable is None}
    slots = _slots(root, keep)
    counts = Counter(slots[variable] for _, variable in uses if variable in slots)
    free = (name for name in _short_names() if name not in fixed)
    short = dict(zip((slot for slot, _ in counts.most_common()), free, strict=False))
    source = text.encode()
    for node, variable in reversed(uses):
        if variable in slots:
            new = short[slots[variable]]
            new = f"{text_of(node)}: {new}" if node.type in _SHORTHAND else new
            source = source[: node.start_byte] + new.encode() + source[node.end_byte :]
    return source.decode()


def differs(before: str, after: str) -> str | None:
    """Return what is wrong when *after* is not *before* with variables renamed; else None."""
    old_root, new_root = (PARSER.parse(text.encode()).root_node for text in (before, after))
    # Found in another way than _variable() does: a mistake there would be on both sides.
    outside = undeclared_names(old_root)
    same: dict[Variable, Variable] = {}
    for old, new in zip_longest(_tokens(old_root), _tokens(new_root)):
        if old is None or new is None:
            return "the end is missing"
        (old_text, old_variable), (new_text, new_variable) = old, new
        if old_variable is None or new_variable is None or old_text in outside:
            is_same = old == new
        else:
            is_same = same.setdefault(old_variable, new_variable) == new_variable
        if not is_same:
            return f"{old_text!r} became {new_text!r}"
    return None if len(set(same.values())) == len(same) else "two variables became one"


def _tokens(root: Node) -> Iterator[tuple[str, Variable | None]]:
    """Yield the text of each token, and which variable it is; shorthand written out."""
    for node, *_ in walk(root):
        if node.type in _SHORTHAND:
            yield from [(text_of(node), None), (":", None)]
        if node.type in _USES:
            yield text_of(node), _variable(node)
        elif not node.children or node.type in OPAQUE:
            yield text_of(node), None


def _short_names() -> Iterator[str]:
    two = ("".join(pair) for pair in product(_LETTERS, _LETTERS + string.digits))
    return (name for name in chain(_LETTERS, two) if name not in _RESERVED)


def _slots(root: Node, keep: set[str]) -> dict[Variable, int]:
    """
    Number the variables: those of scopes within each other differently, others alike.

    Variables with one number get one name, and the most used numbers the shortest.
    """
    slots: dict[Variable, int] = {}
    stack = [(root, 0)]
    while stack:
        scope, number = stack.pop()
        for name in _declared_in(scope):
            if name not in keep and (scope.id, name) not in slots:
                slots[scope.id, name] = number
                number += 1
        stack += [(child, number) for child in scope.named_children]
    return slots


def _variable(use: Node) -> Variable | None:
    """Return the variable that an identifier means; None when it comes from outside."""
    name = text_of(use)
    scope = use.parent
    while scope and name not in _declared_in(scope):
        scope = scope.parent
    return (scope.id, name) if scope else None


def _declared_in(scope: Node) -> list[str]:
    """Return the names that are declared for all of *scope*, and not above it."""
    patterns = [scope.child_by_field_name(field) for field in _own_fields(scope)]
    for statement in scope.named_children:
        node = statement.child_by_field_name("declaration") or statement
        if node.type == "lexical_declaration":
            patterns += [part.child_by_field_name("name") for part in node.named_children]
        elif node.type.endswith("_declaration"):
            patterns.append(node.child_by_field_name("name"))
    return [name for pattern in patterns if pattern for name in bound_names(pattern)]


def _own_fields(scope: Node) -> tuple[str, ...]:
    """Return the fields of a node that declare names for what is inside it."""
    if scope.type == "for_in_statement":
        return ("left",)
    if scope.type in {"class", "function_expression", "generator_function"}:
        return ("name", "parameters")
    # "parameter": of an arrow function without parentheses, and of a catch clause.
    return ("parameters", "parameter")
