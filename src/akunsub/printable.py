"""Pages can show and send any character; a terminal or an XML file cannot take each of them."""

from __future__ import annotations

import re

# Controls, of which a terminal would obey some; halves of surrogate pairs, which are not text; and
# the two that XML 1.0 has no way to write.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    r"""Return *text* with what cannot be shown as Python would write it: ``\x1b``."""
    return _UNPRINTABLE.sub(
        lambda found: found[0].encode("unicode_escape").decode(), text.replace("\r\n", "\n")
    )


def in_one_line(text: str) -> str:
    r"""Return *text* as ``printable`` does, and what would begin another line as ``\n``."""
    return printable(text).replace("\n", "\\n")
