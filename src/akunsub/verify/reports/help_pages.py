"""Where a rule is explained at length."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from akunsub.verify.model import Rule


def help_page(rule: Rule) -> str:
    """Return the page about *rule*: a path in this project's repository."""
    return f"docs/rules/{rule.id}.md"
