"""The way out is not hidden beside the way to stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify.locating import at
from akunsub.verify.model import Finding, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from akunsub.verify.evidence import Evidence

# What has to be at least so much of what the way to stay has.
_LIMITS = (
    ("area", "area in square pixels", 0.5),
    ("font", "letters in pixels", 0.8),
    ("contrast", "contrast of the text", 0.4),
)


def _check(evidence: Evidence) -> Iterator[Finding]:
    rivals = evidence.opened.facts["rivals"]
    if not rivals:
        return
    leave, *stays = rivals
    for stay in stays:
        smaller = [
            f"{name}: {leave[key]:.1f} against {stay[key]:.1f}"
            for key, name, ratio in _LIMITS
            if leave[key] < stay[key] * ratio
        ]
        if smaller:
            told = f"beside “{stay['name']}”"
            yield Finding(f"it is hidden {told}", evidence=tuple(smaller), **at(leave))
        elif (stay["top"], stay["left"]) < (leave["top"], leave["left"]):
            yield Finding(
                f"“{stay['name']}” comes first: is that what people came for?",
                is_certain=False,
                **at(leave),
            )


RULE = Rule(
    id="equal-weight",
    group="people can",
    level="error",
    title="The way out is not hidden beside the way to stay.",
    why="A small grey link under a large button is there so that it is not found.",
    source="https://github.com/porscheofficial/cookie-consent-banner/issues/20",
    fix="Give both the same size and contrast, and put the way out first.",
    check=_check,
)
