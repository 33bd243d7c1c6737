"""Both languages say the same things."""

import re

import pytest

from akunsub.pixel.language import LANGUAGES, read_language

PLACE = re.compile(r"\{(\w*)\}")


def test_each_language_has_the_same_texts():
    english, russian = (read_language(tag).texts for tag in LANGUAGES)

    assert russian.keys() == english.keys()
    for key, text in english.items():
        assert set(PLACE.findall(text)) == set(PLACE.findall(russian[key])), key


@pytest.mark.parametrize("tag", LANGUAGES)
def test_a_value_with_markup_is_text(tag):
    said = read_language(tag).say("notice.unsubscribed.text", title="<img src=x>")

    assert "<img" not in said
    assert "&lt;img src=x&gt;" in said
