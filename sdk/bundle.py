"""
Read the ES modules of sdk/src, hold them to the source rules, join them into a readable bundle.

Pure: text in, text out. It neither reads files nor minifies; build.py does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SOURCE = "sdk/src/"
CLASSIC, MODULE = "classic.js", "module.js"

IMPORT = re.compile(r"import \{ ?([\w$]+(?:, [\w$]+)*) ?\} from '\./([\w.-]+\.js)';")
EXPORT_LIST = re.compile(r"export \{ ?([\w$]+(?:, [\w$]+)*) ?\};")
EXPORT = re.compile(r"export (?:class|function|async function|const) ([\w$]+)")
FORMS = "start a line with import { a } from './b.js'; export class|function|const x; export { a };"
STRAY = re.compile("[\r\u2028\u2029\ufeff]")  # not everyone sees the same line ends in these

# What the sources may not hold: a tree-sitter node type, alone or after that of its parent or of
# the token before. The baseline is ES2017 (ARCHITECTURE.md); the rest breaks in jsmin or bundling.
REFUSED = {
    "optional_chain": "optional chaining is ES2020: test with &&",
    "??": "?? is ES2020: compare with null",
    "&&=": "&&= is ES2021: write the assignment out",
    "||=": "||= is ES2021: write the assignment out",
    "??=": "??= is ES2021: write the assignment out",
    "object spread_element": "object spread is ES2018: use Object.assign()",
    "object_pattern rest_pattern": "object rest is ES2018: take the properties by name",
    "field_definition": "class fields are ES2022: set them in the constructor",
    "private_property_identifier": "private names are ES2022: use a closure or a WeakMap",
    "class_static_block": "static blocks are ES2022: put the code after the class",
    "for_in_statement await": "for await is ES2018: await inside a plain loop",
    "using_declaration": "using is newer than ES2017: use try and finally",
    "decorator": "decorators are newer than ES2017: call a function",
    "html_comment": "modules have no <!-- comment: use //",
    "hash_bang_line": "#! is newer than ES2017: delete the line",
    "call_expression import": f"dynamic import() cannot be bundled: {FORMS}",
    "template_string": "a backtick, which jsmin does not understand: join strings with +",
    "! --": "jsmin would make <!-- of it, a comment in a classic script: write !(--a)",
    "var": "var leaves its block and may collide in the bundle: use const or let",
}
ENDS = re.compile("(expression|return|throw|break|continue|do)_statement|lexical_declaration")
NAMED = re.compile("variable_declarator|(class|(generator_)?function)(_declaration|_expression)?")
BINDS = re.compile(f"{NAMED.pattern}|for_in_statement|catch_clause|arrow_function")
OPAQUE = {"string", "regex", "template_string"}  # compared as a whole: blanks count inside them
PARSER = Parser(Language(tree_sitter_javascript.language()))


class BuildError(Exception):
    """The one line a user sees: where, what is wrong, and what to do."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")


@dataclass(frozen=True)
class Module:
    """A file of sdk/src taken apart. Lines count from 1."""

    name: str
    lines: list[tuple[str, int]]  # what goes into the bundle: text, line
    imports: dict[str, tuple[str, int]]  # name → module it comes from, line
    exports: dict[str, int]
    declared: list[tuple[str, int]]  # top-level names
    used: dict[str, int]  # names used here and declared nowhere in this file


@dataclass(frozen=True)
class Bundle:
    """A readable bundle. `places` holds the source file and line of each of its lines."""

    text: str
    places: list[tuple[str, int]]


def at(name: str, line: int) -> str:
    return f"{SOURCE}{name}:{line}"


def fault(name: str, line: int, problem: str) -> BuildError:
    return BuildError(at(name, line), problem)


def line_of(node: Node) -> int:
    return node.start_point.row + 1


def text_of(node: Node) -> str:
    return (node.text or b"").decode()


def walk(root: Node) -> Iterator[tuple[Node, str, int]]:
    """Yield each node but comments, in source order, with its parent's type and its depth."""
    stack = [(root, "", 0)]
    while stack:
        node, parent, depth = stack.pop()
        if node.type == "comment":
            continue
        yield node, parent, depth
        if node.type not in OPAQUE:
            stack += [(child, node.type, depth + 1) for child in reversed(node.children)]


def bound_names(pattern: Node) -> list[str]:
    """Return the names a declaration's left side declares: not the keys, not the defaults."""
    if pattern.type in {"identifier", "shorthand_property_identifier_pattern"}:
        return [text_of(pattern)]
    inner = pattern.child_by_field_name("left") or pattern.child_by_field_name("value")
    return [n for part in ([inner] if inner else pattern.named_children) for n in bound_names(part)]


def regex_problem(node: Node, previous: str) -> str | None:
    pattern, _, flags = text_of(node)[1:].rpartition("/")
    if previous not in {"(", "[", "=", ",", ":", "!", "&&", "||", "return"}:
        return f"jsmin does not see a regex after {previous or 'nothing'}: put it in a const first"
    if re.search(r"(?<!\\)\[\]", pattern):
        return "jsmin misreads [] in a regex: use (?!) for nothing"
    if set(flags) - set("gimuy") or re.search(r"(?<!\\)\(\?[^:=!]|\\[pP]\{", pattern):
        return "this regex is newer than ES2017: no (?<, no \\p{, no flags but gimuy"
    return None


def problem_with(node: Node, parent: str, previous: str, name: str) -> str | None:
    """Return what is wrong with *node* itself; *previous* is the type of the token before it."""
    kind, text = node.type, node.text or b""
    children = {child.type for child in node.children}
    for key in (kind, f"{parent} {kind}", f"{previous} {kind}"):
        if key in REFUSED:
            return REFUSED[key]
    if ENDS.fullmatch(kind) and node.children[-1].type != ";":
        return "a statement without its semicolon: end it with ;"
    if kind in {"import_statement", "export_statement"} and parent != "program":
        return f"an import or export inside a block: {FORMS}"
    if kind in {"await_expression", "return_statement"}:
        above = node.parent
        while above and not re.search("function|method", above.type):
            above = above.parent
        return None if above else f"{kind.split('_')[0]} outside a function: put it into one"
    if kind == "meta_property" and text.startswith(b"import"):
        is_fine = name == MODULE and node.parent and text_of(node.parent) == "import.meta.url"
        return None if is_fine else f"only {MODULE} may use import.meta, and only import.meta.url"
    if kind in OPAQUE and b"`" in text:
        return "a backtick, which jsmin does not understand: write \\x60"
    if kind == "regex":
        return regex_problem(node, previous)
    if kind == "number" and (b"_" in text or text.endswith(b"n")):
        return "BigInt and 1_000 are newer than ES2017: write a plain number"
    if kind == "catch_clause" and "(" not in children:
        return "catch without a binding is ES2019: write catch (error)"
    if {"async", "*"} <= children:
        return "async generators are ES2018: return a promise"
    return None


def check_source(name: str, text: str, root: Node) -> None:
    """Raise BuildError for the first thing in a module that the browsers or jsmin may not get."""
    if stray := STRAY.search(text):
        line = text.count("\n", 0, stray.start()) + 1
        raise fault(name, line, f"a stray U+{ord(stray[0]):04X}: delete it or escape it")
    if root.has_error:
        bad = [node for node, *_ in walk(root) if node.has_error]
        node = next(n for n in bad if n.type in OPAQUE or not any(c.has_error for c in n.children))
        what = f"{node.type} is missing" if node.is_missing else "this cannot be parsed"
        raise fault(name, line_of(node), f"syntax error, {what}: correct it here or just above")
    previous = ""
    for node, parent, _ in walk(root):
        if problem := problem_with(node, parent, previous, name):
            raise fault(name, line_of(node), problem)
        previous = previous if node.children and node.type not in OPAQUE else node.type


def declared_names(statement: Node) -> list[tuple[str, int]]:
    """Return the names a top-level statement declares, each with its line."""
    parts = statement.named_children if statement.type == "lexical_declaration" else [statement]
    names = [(p, p.child_by_field_name("name")) for p in parts if NAMED.fullmatch(p.type)]
    return [(name, line_of(p)) for p, node in names if node for name in bound_names(node)]


def undeclared_names(root: Node) -> dict[str, int]:
    """Return the names used in a file that nothing in it declares, each with its first line."""
    used: dict[str, int] = {}
    bound: set[str] = set()
    for node, *_ in walk(root):
        if node.type in {"identifier", "shorthand_property_identifier"}:
            used.setdefault(text_of(node), line_of(node))
        elif node.type == "formal_parameters":
            bound.update(bound_names(node))
        elif BINDS.fullmatch(node.type):
            for field in ("name", "left", "parameter"):
                if pattern := node.child_by_field_name(field):
                    bound.update(bound_names(pattern))
    return {name: line for name, line in used.items() if name not in bound}


def version_edits(root: Node, version: str) -> list[tuple[int, int, bytes]]:
    """Return (start, end, new text) for each string literal with __VERSION__ in it."""
    strings = [node for node, *_ in walk(root) if node.type == "string"]
    edits = [(n, text_of(n).replace("__VERSION__", version)) for n in strings]
    return [(n.start_byte, n.end_byte, new.encode()) for n, new in edits if new != text_of(n)]


def parse_module(name: str, text: str, version: str) -> Module:
    """Take one source file apart, or raise BuildError for the first rule it breaks."""
    source = text.encode()
    root = PARSER.parse(source).root_node
    check_source(name, text, root)
    module = Module(name, [], {}, {}, [], undeclared_names(root))
    edits = version_edits(root, version)
    gone = set()
    for node in root.named_children:
        statement, line = "" if node.start_point.column else text_of(node), line_of(node)
        names = declared_names(node.child_by_field_name("declaration") or node)
        module.declared.extend(names)
        if node.type not in {"import_statement", "export_statement"}:
            continue
        end = node.end_byte
        if match := IMPORT.fullmatch(statement):
            module.imports.update(dict.fromkeys(match[1].split(", "), (match[2], line)))
        elif match := EXPORT_LIST.fullmatch(statement):
            module.exports.update(dict.fromkeys(match[1].split(", "), line))
        elif EXPORT.match(statement) and len(names) == 1:
            module.exports[names[0][0]] = line
            end = node.start_byte + len("export ")
        else:
            raise fault(name, line, f"this cannot be bundled: {FORMS}")
        edits.append((node.start_byte, end, b""))
        gone.add(line)
    for exported, line in module.exports.items():
        if exported not in module.imports and exported not in dict(module.declared):
            raise fault(name, line, f"exports {exported}, declared nowhere here: declare it")
    for start, end, new in sorted(edits, reverse=True):
        source = source[:start] + new + source[end:]
    lines = enumerate(source.decode().rstrip("\n").split("\n"), 1)
    module.lines.extend((text, line) for line, text in lines if text.strip() or line not in gone)
    return module


def in_order(modules: Mapping[str, Module], entry: str) -> list[Module]:
    """Return what *entry* needs, dependencies first, imports in the order they are written."""
    done: dict[str, Module] = {}

    def visit(module: Module, path: list[str]) -> None:
        for name, (file, line) in module.imports.items():
            here = (module.name, line)
            if file not in modules:
                raise fault(*here, f"there is no {SOURCE}{file}: create it or correct the name")
            if file in path:
                cycle = " → ".join([*path[path.index(file) :], file])
                raise fault(*here, f"import cycle {cycle}: move what both need to a third file")
            if file not in done:
                visit(modules[file], [*path, file])
            if name not in modules[file].exports:
                raise fault(*here, f"{file} does not export {name}: export it or correct the name")
        done[module.name] = module

    visit(modules[entry], [entry])
    return list(done.values())


def check_names(modules: list[Module]) -> None:
    """Raise BuildError if a name means something else in the bundle than in the modules."""
    owner: dict[str, tuple[str, int]] = {}
    for module in modules:
        for name, line in module.declared:
            here = (module.name, line)
            if name in owner:
                raise fault(*here, f"{name} is declared at {at(*owner[name])} too: rename one")
            owner[name] = here
    for module in modules:
        for name, line in module.used.items():
            other, _ = owner.get(name, (module.name, 0))
            if other != module.name and name not in module.imports:
                raise fault(module.name, line, f"{name} belongs to {other}: import or rename it")


def bundle(modules: Mapping[str, Module], entry: str, version: str) -> Bundle:
    """Join *entry* and all it needs: one IIFE, or for module.js an ES module."""
    ordered = in_order(modules, entry)
    check_names(ordered)
    lines = [(f"/*! akunsub {version} | MIT */", (entry, 1))]
    if entry == CLASSIC:
        lines += [("(function () {", (entry, 1)), ("'use strict';", (entry, 1))]
    for module in ordered:
        lines += [("", (module.name, 1)), (f"// {SOURCE}{module.name}", (module.name, 1))]
        lines += [(text, (module.name, line)) for text, line in module.lines]
    last = lines[-1][1]
    if entry == CLASSIC:
        lines.append(("})();", last))
    elif exports := modules[entry].exports:
        lines.append((f"export {{ {', '.join(exports)} }};", last))
    return Bundle("".join(f"{text}\n" for text, _ in lines), [place for _, place in lines])
