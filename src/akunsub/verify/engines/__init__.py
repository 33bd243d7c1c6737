"""
Real browser engines: finding, installing, launching, and pressing in them as a person does.

Importing this imports neither Playwright nor what drives the system's browsers.
"""

from akunsub.verify.engines.engine import Engine
from akunsub.verify.engines.finding import ENGINE_NAMES, Found, find, find_all
from akunsub.verify.engines.installing import how_to_install, install
from akunsub.verify.engines.launching import EngineMissingError, launch
from akunsub.verify.engines.pressing import press, press_key

__all__ = [
    "ENGINE_NAMES",
    "Engine",
    "EngineMissingError",
    "Found",
    "find",
    "find_all",
    "how_to_install",
    "install",
    "launch",
    "press",
    "press_key",
]
