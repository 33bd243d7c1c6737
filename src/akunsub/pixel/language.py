"""What the endpoint's own pages say, in English and in Russian: one table for each language."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from datetime import datetime

    from werkzeug.datastructures import LanguageAccept

LANGUAGES = ("en", "ru")


class Language:
    """One language's table. *tag* is for ``<html lang>``."""

    def __init__(self, tag: str, texts: dict[str, str]) -> None:
        self.tag = tag
        #: By dotted key. Without markup: what is put into {…} is escaped.
        self.texts = texts

    def say(self, key: str, **values: object) -> Markup:
        """Return a text with its values in place; KeyError when there is no such text."""
        return Markup.escape(self.texts[key]).format(**values)

    def moment(self, at: datetime) -> Markup:
        """
        Return a time for people, to the minute and never later than it is.

        In UTC, as nobody's zone is known without a script; ``outcome.js`` puts in the local time.
        """
        text = self.say(
            "time.moment",
            time=f"{at:%H:%M}",
            day=at.day,
            month=self.texts["time.months"].split()[at.month - 1],
            year=at.year,
        )
        stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
        return Markup('<time datetime="{}">{}</time>').format(stamp, text)

    def period(self, seconds: int) -> Markup:
        """Return how long that is: whole minutes, and seconds when it is less than one."""
        if seconds < 60:
            return self.say("time.seconds", number=seconds)
        return self.say("time.minutes", number=seconds // 60)


def choose_language(wanted: str | None, accepted: LanguageAccept) -> Language:
    """
    Return the language of a page.

    Args:
        wanted: The resource's own; None leaves it to the reader.
        accepted: What the reader's browser asks for; English when it asks for neither.
    """
    return read_language(wanted or accepted.best_match(LANGUAGES) or LANGUAGES[0])


@lru_cache
def read_language(tag: str) -> Language:
    """Return the table of one of ``LANGUAGES``."""
    file = files("akunsub.pixel").joinpath("languages", f"{tag}.toml")
    return Language(tag, _flatten(tomllib.loads(file.read_text(encoding="utf-8")), ""))


def _flatten(tree: dict[str, Any], prefix: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, value in tree.items():
        key = prefix + name
        texts |= _flatten(value, f"{key}.") if isinstance(value, dict) else {key: value}
    return texts
