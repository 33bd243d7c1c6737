"""How pages are checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Options:
    """
    How pages are checked.

    Attributes:
        engine_names: Those that are here, if empty.
        rule_ids: All, if empty.
        config: An ``akunsub.toml`` that has the pages' resources; without it, what the page's own
            tag says is configured.
        smid_param: The parameter of the page's URL that holds the smid.
        confirm: Selector of what lets people leave; found by itself if empty.
        timeout_s: For one page in one engine. What is not done by then is not done at all.
        cancel: Selector of what lets people stay while a timer runs; found by itself if empty.
        mode: What the resource is put into; empty: its own.
        takes_screenshots: For a report that shows them.
        is_live: The page's own pixel host is asked, and the one press unsubscribes somebody.
    """

    engine_names: Sequence[str] = ()
    rule_ids: Sequence[str] = ()
    config: Path | None = None
    smid_param: str = "smid"
    confirm: str = ""
    timeout_s: float = 120.0
    cancel: str = ""
    mode: str = ""
    is_live: bool = False
    takes_screenshots: bool = False

    def arguments(self) -> tuple[str, ...]:
        """Return the arguments of the command that repeat this, but for engines and rules."""
        given = {
            "--config": str(self.config or ""),
            "--smid-param": "" if self.smid_param == "smid" else self.smid_param,
            "--confirm": self.confirm,
            "--cancel": self.cancel,
            "--mode": self.mode,
        }
        found = [part for name, value in given.items() if value for part in (name, value)]
        return (*found, "--live") if self.is_live else tuple(found)
