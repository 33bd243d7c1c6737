"""Short names: what is renamed, what is not, and that the proof sees a wrong one."""

from __future__ import annotations

import pytest

from sdk.names import differs, shorten

# Readable, and with short names: the most used has the first letter, names that are
# never seen together have the same one.
RENAMED = [
    ("const total = 1; use(total);", "const a = 1; use(a);"),
    ("function twice(value) { return value * 2; }", "function b(a) { return a * 2; }"),
    ("const f = ({ smid, id: key }) => [smid, key];", "const c = ({ smid: a, id: b }) => [a, b];"),
    ("const smid = 1; send({ smid });", "const a = 1; send({ smid: a });"),
    ("const f = ({ smid = 1 }) => smid;", "const b = ({ smid: a = 1 }) => a;"),
    ("const one = (value) => value; const other = (thing) => thing;",
     "const b = (a) => a; const c = (a) => a;"),
    ("try { go(); } catch (error) { log(error); }", "try { go(); } catch (a) { log(a); }"),
    ("for (const key of keys) { log(key); }", "for (const a of keys) { log(a); }"),
    ("for (let number = 0; number < 3; number++) { log(number); }",
     "for (let a = 0; a < 3; a++) { log(a); }"),
    ("class Thing { at(place) { return new Thing(place); } }",
     "class a { at(b) { return new a(b); } }"),
    ("const f = function again(value) { return again(value); };",
     "const c = function a(b) { return a(b); };"),
    ("{ const inner = 1; log(inner); } log(inner);", "{ const a = 1; log(a); } log(inner);"),
]  # fmt: skip
KEPT = [
    "window.AkUnsub = location.href;",
    "box.value = { name: document };",
    "storage = localStorage || memory;",
    "class AkUnsub { confirmUnsub() { return this; } }",
    "'total'; /total/; log(total);",
]


@pytest.mark.parametrize(("readable", "short"), RENAMED)
def test_own_variables_get_short_names(readable, short):
    assert shorten(readable, set()) == short
    assert differs(readable, short) is None


@pytest.mark.parametrize("text", KEPT)
def test_what_others_see_keeps_its_name(text):
    assert shorten(text, {"AkUnsub"}) == text


def test_a_name_from_outside_is_never_taken():
    short = shorten("const total = a + b + eval; log(total, c);", set())

    assert short == "const d = a + b + eval; log(d, c);"


def test_many_names_go_on_with_two_letters_that_are_no_words():
    names = [f"name{number}" for number in range(900)]
    text = "".join(f"const {name} = 0;" for name in names)

    short = shorten(text, set())

    new = [part.partition(" = ")[0] for part in short.split("const ")[1:]]
    assert len(set(new)) == 900
    assert not {"as", "do", "if", "in", "is", "of"} & set(new)
    assert differs(text, short) is None


WRONG = [
    # A variable became a global, or another variable, or a property was renamed.
    ("const total = 1; log(total);", "const a = 1; log(total);"),
    ("const one = 1, two = 2; log(one);", "const a = 1, b = 2; log(b);"),
    ("const one = 1; const f = (two) => one;", "const a = 1; const b = (a) => a;"),
    ("log(total.value);", "log(total.a);"),
    ("log(total);", "log(a);"),
    ("storage = localStorage || memory;", "storage = a || memory;"),
    ("const smid = 1; send({ smid });", "const a = 1; send({ a });"),
    ("const total = 1; log(total);", "const a = 1; log(a); log(a);"),
    ("const total = 1; log('total');", "const a = 1; log('a');"),
    ("const one = 1; { const two = 2; log(one); }", "const a = 1; { const a = 2; log(a); }"),
]


@pytest.mark.parametrize(("before", "after"), WRONG)
def test_the_proof_sees_a_name_that_means_something_else(before, after):
    assert differs(before, after)
