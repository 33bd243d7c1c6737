"""The fault proxy, for its own tests."""

from tests.faults.conftest import proxy

__all__ = ["proxy"]
