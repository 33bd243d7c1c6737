"""The comparison of syntax trees, fed with texts of which jsmin 3.0.1 changes the meaning."""

from __future__ import annotations

import pytest

# Texts that jsmin breaks, with the line on which it does. Most of them are refused before they
# get that far; here they are not, as the proof must hold by itself.
BROKEN = {
    "a regex after =>": ("a();\nconst f = (x) => /b  c/.test(x);\nd();", 2),
    "a regex after )": ("a();\nif (b) /c  d/.test(e);", 2),
    "a regex after typeof": ("a();\n\nf(typeof /b  c/);", 3),
    "a regex after case": ("switch (a) {\n  case /b  c/.test(d): e();\n}", 2),
    "a regex after +": ("a('' + /b  c/);", 1),
    "a regex with []": ("a();\nb(/[]/, c[0], '/  d', e);", 2),
    "a quote in a regex after =>": ("a();\nconst f = () => /'/;\nb('c  d');", 3),
    "a nested template": ("a();\nb(`${c(`d  //e`)}  f`);", 2),
    "static and private fields": ("class A {\n  static b = 1\n  #c = 2\n}", 3),
    "a number before a dot": ("a();\nb(1 .toString());", 2),
    "an end of a statement by a line": ("a();\nconst b = c\n!d();\ne();", 2),
}

# Pairs that jsmin did not make: the proof tells any of them apart.
DIFFERENT = {
    "a sign": ("a + +b;", "a++b;"),
    "a line end that ends a statement": ("return\nb;", "return b;"),
    "a string's blanks": ("a('b  c');", "a('b c');"),
    "a string's quotes": ("a('b');", 'a("b");'),
    "an escape": (r"a('\x41');", "a('A');"),
    "a regex's flags": ("a(/b/g);", "a(/b/i);"),
    "a missing end": ("a();\nb();", "a();"),
    "something more": ("a();", "a();b();"),
    "an operator": ("a(b <= c);", "a(b < c);"),
    "a name": ("a(b);", "a(c);"),
    "a parenthesis": ("a((b));", "a(b);"),
    "an empty statement": ("a();", "a();;"),
    "a keyword": ("let a = 1;", "const a = 1;"),
    "a comment that swallows code": ("a();\nb();", "a();//b();"),
}


def bundle_of(build, text):
    places = [("x.js", line) for line in range(1, text.count("\n") + 2)]
    return build.js.Bundle(text, places)


@pytest.mark.parametrize(("text", "line"), BROKEN.values(), ids=BROKEN)
def test_what_jsmin_breaks_is_found_on_its_line(build, text, line):
    minified = build.minify(text)

    with pytest.raises(build.BuildError) as refused:
        build.prove(bundle_of(build, text), minified)

    message = f"sdk/src/x.js:{line}: jsmin changed the meaning here: "
    assert str(refused.value).startswith(message)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("text", "minified"), DIFFERENT.values(), ids=DIFFERENT)
def test_difference_is_found(build, text, minified):
    with pytest.raises(build.BuildError, match="jsmin changed the meaning here"):
        build.prove(bundle_of(build, text), minified)


def test_comments_and_blanks_are_no_difference(build):
    text = "/** a */\nfunction b(c) {\n  // d\n  return c + 'e  f'; // g\n}\n"

    build.prove(bundle_of(build, text), "function b(c){return c+'e  f';}")
