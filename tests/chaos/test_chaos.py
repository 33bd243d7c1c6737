"""
Everything is killed under load, and afterwards nothing is lost and nothing was done twice.

A short run for each database; ``python -m tests.chaos`` makes many and long ones.
"""

from __future__ import annotations

import os

from tests.chaos.run import run

_SECONDS = float(os.environ.get("AKUNSUB_CHAOS_SECONDS", "15"))
_SEED = int(os.environ.get("AKUNSUB_CHAOS_SEED", "1"))


def test_on_sqlite():
    check(*run(_SEED, _SECONDS))


def test_on_postgresql(postgresql):
    check(*run(_SEED, _SECONDS, postgresql))


def check(found, facts):
    assert facts["refused"] == []
    assert facts["dead"] == []
    assert found.is_clean, facts
    # There was trouble, and people were told all the same.
    assert facts["done"]["kill"] >= 1
    assert found.told >= _SECONDS
