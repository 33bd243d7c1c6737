"""The rules for a source file: what is written, and where and why build.py refuses it."""

from __future__ import annotations

import pytest

BUNDLED = "this cannot be bundled: start a line with import { a } from './b.js'; "
BACKTICK = "a backtick, which jsmin does not understand: "
REGEX = "jsmin does not see a regex after "
GENERATOR = "async generators are ES2018: "
NUMBER = "BigInt and 1_000 are newer than ES2017: "
NEW_REGEX = "this regex is newer than ES2017: "
SEMICOLON = "a statement without its semicolon: "

# Line 2 of thing.js → what follows "sdk/src/thing.js:2: ".
LINES = {
    "import * as all from './join.js';": BUNDLED,
    "import join from './join.js';": BUNDLED,
    "import { join as glue } from './join.js';": BUNDLED,
    "import './join.js';": BUNDLED,
    "import { join } from 'join';": BUNDLED,
    "import { join } from '../join.js';": BUNDLED,
    "import { join } from './join.js'": BUNDLED,
    'import { join } from "./join.js";': BUNDLED,
    "import {\n  join,\n} from './join.js';": BUNDLED,
    " import { join } from './join.js';": BUNDLED,
    "const j = import('./join.js');": "dynamic import() cannot be bundled: ",
    "export default 1;": BUNDLED,
    "export * from './join.js';": BUNDLED,
    "export { join } from './join.js';": BUNDLED,
    "export { Thing as Other };": BUNDLED,
    "export let counter = 1;": BUNDLED,
    "export const a = 1, b = 2;": BUNDLED,
    "export const { a } = {};": BUNDLED,
    "export function* numbers() {}": BUNDLED,
    "{ export const a = 1; }": "an import or export inside a block: ",
    "const here = import.meta.url;": "only module.js may use import.meta, ",
    "import { join } from './nowhere.js';": "there is no sdk/src/nowhere.js: ",
    "import { glue } from './join.js';": "join.js does not export glue: ",
    "import { Thing } from './thing.js';": "import cycle thing.js → thing.js: ",
    "export { nothing };": "exports nothing, declared nowhere here: ",
    "const Thing = 1;": "Thing is declared at sdk/src/thing.js:1 too: ",
    "const a = b?.c;": "optional chaining is ES2020: ",
    "const a = b?.();": "optional chaining is ES2020: ",
    "const a = b ?? c;": "?? is ES2020: ",
    "a &&= b;": "&&= is ES2021: ",
    "a ||= b;": "||= is ES2021: ",
    "a ??= b;": "??= is ES2021: ",
    "const a = { ...b };": "object spread is ES2018: ",
    "const { a, ...b } = c;": "object rest is ES2018: ",
    "const a = ({ b, ...c }) => c;": "object rest is ES2018: ",
    "class A { b = 1; }": "class fields are ES2022: ",
    "class A { static b; }": "class fields are ES2022: ",
    "class A { #b() {} }": "private names are ES2022: ",
    "class A { static { b(); } }": "static blocks are ES2022: ",
    "try { a(); } catch { b(); }": "catch without a binding is ES2019: ",
    "async function a() { for await (const b of c) {} }": "for await is ES2018: ",
    "async function* a() {}": GENERATOR,
    "const a = async function* () {};": GENERATOR,
    "const a = { async *b() {} };": GENERATOR,
    "const a = 1n;": NUMBER,
    "const a = 0xffn;": NUMBER,
    "const a = 1_000;": NUMBER,
    "const a = /(?<year>x)/;": NEW_REGEX,
    "const a = /(?<=x)y/;": NEW_REGEX,
    "const a = /(?i:x)y/;": NEW_REGEX,
    "const a = /x/s;": NEW_REGEX,
    r"const a = /\p{L}/u;": NEW_REGEX,
    "await a;": "await outside a function: ",
    "return;": "return outside a function: ",
    "var a = 1;": "var leaves its block and may collide in the bundle: ",
    "using a = b();": "using is newer than ES2017: ",
    "@b class A {}": "decorators are newer than ES2017: ",
    "a(); <!-- b": "modules have no <!-- comment: ",
    "a(b < !--c);": "jsmin would make <!-- of it, ",
    "const a = `b`;": BACKTICK,
    "const a = '`';": BACKTICK,
    "const a = /`/;": BACKTICK,
    "const a = () => /b  c/;": REGEX + "=>: ",
    "const a = typeof /b  c/;": REGEX + "typeof: ",
    "const a = b ? /c/ : d;": REGEX + "?: ",
    "/a/.test(b);": REGEX + "}: ",
    "const a = /[]/;": "jsmin misreads [] in a regex: ",
    "const a = ;": "syntax error, ",
    "const a = 'b;": "syntax error, ",
    "const a = {": "syntax error, ",
    "a(;": "syntax error, ) is missing: ",
    "const a = `${b c}`;": "syntax error, ",
    "const a = 1": SEMICOLON,
    "a()": SEMICOLON,
    "function a() { return }": SEMICOLON,
    "do {} while (a)": SEMICOLON,
    "const a = '\u2028';": "a stray U+2028: ",
    "const a = 1;\rconst b = 2;": "a stray U+000D: ",
    "\ufeffconst a = 1;": "a stray U+FEFF: ",
}

CYCLE = {
    "sdk/src/thing.js": "import { join } from './join.js';\nexport class Thing {}\n",
    "sdk/src/join.js": "\nimport { Thing } from './thing.js';\nexport const join = 1;\n",
}
TWINS = {"sdk/src/join.js": "export const join = 1;\n\nclass Thing {}\n"}
SHADOW = {"sdk/src/classic.js": "import { Thing } from './thing.js';\njoin(Thing);\n"}
BLOCK = "export class Thing {}\nfunction a() {\n  if (b {\n    c();\n  }\n}\n"

# Changed files (None: deleted) → the whole start of the message.
TREES = [
    ({"sdk/src/classic.js": None}, "sdk/src/classic.js: an entry of the bundle is missing: "),
    ({"sdk/src/module.js": None}, "sdk/src/module.js: an entry of the bundle is missing: "),
    ({"sdk/akunsub.d.ts": None}, "sdk/akunsub.d.ts: cannot be read (No such file or directory): "),
    ({"sdk/akunsub.d.ts": b"ok\n\xff\n"}, "sdk/akunsub.d.ts:2: this is not UTF-8: "),
    ({"sdk/src/join.js": b"\n\n// caf\xe9\n"}, "sdk/src/join.js:3: this is not UTF-8: "),
    ({"sdk/src/old.js": "a();\n"}, "sdk/src/old.js:1: neither classic.js nor module.js needs "),
    ({"sdk/src/lib/a.js": "a();\n"}, "sdk/src/lib/a.js:1: neither classic.js nor module.js needs "),
    (CYCLE, "sdk/src/join.js:2: import cycle thing.js → join.js → thing.js: "),
    (TWINS, "sdk/src/thing.js:5: Thing is declared at sdk/src/join.js:3 too: "),
    (SHADOW, "sdk/src/classic.js:2: join belongs to join.js: import or rename it"),
    ({"sdk/src/thing.js": BLOCK}, "sdk/src/thing.js:3: syntax error, ) is missing: "),
    ({"sdk/src/join.js": "#!/bin/js\n"}, "sdk/src/join.js:1: #! is newer than ES2017: "),
    ({"sdk/src/module.js": "const a = import.meta;\n"}, "sdk/src/module.js:1: only module.js may"),
    ({"pyproject.toml": None}, "pyproject.toml: cannot be read (No such file or directory): "),
    ({"pyproject.toml": "[project]\n"}, "pyproject.toml: no version: "),
    ({"pyproject.toml": "[project\n"}, "pyproject.toml: Expected ']' "),
]

ACCEPTED = {
    "ES2017 functions": "async function a(b, ...c) { await b(...c, ...[1],); return 2 ** 3; }",
    "array rest and defaults": "const [a, ...b] = c, { d = 1, e: f } = g;",
    "regexes where jsmin sees them": (
        r"f(/a  b/, [/'/], { c: /[/ ]/g }); const d = !/e/.test(f) && /g/ || /\[]\(?x/;"
        "\nfunction r() { return /  /.test(s); }"
    ),
    "a backtick and new syntax in comments": "// `a?.b`\n/* import x; ?? */",
    "a local name like another module's": "function a(join) { return join; }",
    "a property named like another module's": "const a = { join: 1 }; a.join();",
    "a class, getters and computed names": "class A extends Thing { static get [b]() {} }",
    "generators": "function* a() { yield 1; }",
    "loops without braces": "for (let i = 0; i < 3; i++) a(i); while (b) c(); if (d) e();",
    "labels and empty statements": "out: for (;;) { continue out; }",
    "strings as in prose": "const a = 'it\\'s  // not a comment', b = \"/* 'nor' this */\";",
}


def assert_refused(tree, capsys, message):
    tree.write({"dist/ak_list_unsubscribe.js": "as it was", "dist/other.txt": "mine"})
    before = tree.files()

    code = tree.run()

    output = capsys.readouterr()
    assert (code, output.out, output.err.count("\n")) == (1, "", 1)
    assert output.err.startswith(message)
    assert tree.files() == before


@pytest.mark.parametrize(("line", "message"), LINES.items(), ids=LINES)
def test_line_is_refused(tree, capsys, line, message):
    tree.write({"sdk/src/thing.js": f"export class Thing {{}}\n{line}\n", "sdk/src/join.js": None})
    if "join.js" in line:
        tree.write({"sdk/src/join.js": "export const join = 1;\n"})

    assert_refused(tree, capsys, f"sdk/src/thing.js:2: {message}")


@pytest.mark.parametrize(("files", "message"), TREES, ids=[message for _, message in TREES])
def test_tree_is_refused(tree, capsys, files, message):
    tree.write(files)

    assert_refused(tree, capsys, message)


@pytest.mark.parametrize("line", ACCEPTED.values(), ids=ACCEPTED)
def test_line_is_accepted(tree, capsys, line):
    source = tree.text("sdk/src/thing.js")
    tree.write({"sdk/src/thing.js": f"{source}{line}\n"})

    assert (tree.run(), capsys.readouterr().err) == (0, "")


def test_module_entry_may_use_its_own_url(tree):
    tree.write(
        {"sdk/src/module.js": "import { Thing } from './thing.js';\nThing(import.meta.url);\n"}
    )

    assert tree.run() == 0
    assert "(import.meta.url);" in tree.text("dist/ak_list_unsubscribe.mjs")


def test_editors_hidden_files_are_no_sources(tree):
    tree.write({"sdk/src/.#thing.js": "not JavaScript"})

    assert tree.run() == 0


def test_file_over_its_budget_is_refused(tree, capsys):
    budget = '[tool.akunsub.build]\nbudget_brotli_bytes = { "ak_list_unsubscribe.js" = 9 }\n'
    tree.write({"pyproject.toml": '[project]\nversion = "1"\n' + budget})

    assert_refused(tree, capsys, "dist/ak_list_unsubscribe.js: ")
    tree.run()
    assert (
        " bytes brotli, budget 9 (pyproject.toml [tool.akunsub.build]): " in capsys.readouterr().err
    )


def test_budget_for_no_file_is_refused(tree, capsys):
    budget = '[tool.akunsub.build]\nbudget_brotli_bytes = { "old.js" = 9 }\n'
    tree.write({"pyproject.toml": '[project]\nversion = "1"\n' + budget})

    assert_refused(tree, capsys, "pyproject.toml: a budget for old.js, which is not built: ")
