"""Where the built SDK and the demo pages lie: in the wheel, or in a checkout beside src/."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def checkout() -> Path | None:
    """The root of the source tree that this package runs from; None when it was installed."""
    return _CHECKOUT if (_CHECKOUT / "build.py").is_file() else None


def folder(name: str) -> Path:
    """
    Return the folder *name*: ``dist``, ``demo`` or ``sdk/python``.

    Raises:
        FileNotFoundError: It is neither in the package nor beside ``src/``.
    """
    for base in (_PACKAGE, _CHECKOUT):
        if (base / name).is_dir():
            return base / name
    raise FileNotFoundError(f"the folder {name}/ is missing; in a checkout run: python build.py")
