"""The browser that all is measured in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from akunsub.verify import engines

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from akunsub.verify.engines import Engine

# Debian's Chromium 156 opens a window for each context, and in each two pages of its own, for what
# drops down from the address bar: 0.85 s of processor time and then 1.5 % of a core for each
# context, against 0.23 s and nothing without them. The switch replaces Playwright's own, so what
# matters of that is repeated.
_OFF = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,"
    "AimEnabled,DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,"
    "LensOverlay,MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,"
    "PreconnectToSearch"
)


def launch(playwright: Playwright, name: str) -> Engine:
    """Launch engine *name*, so that many pages fit into it."""
    args = [f"--disable-features={_OFF}"] if name == "chromium" else []
    return engines.launch(playwright, name, args=args)
