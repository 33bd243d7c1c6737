"""What is concluded from one visit with all hardships at once."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from playwright.sync_api import Error

from akunsub.verify.hardships import endures_all
from akunsub.verify.loading import PageLostError
from akunsub.verify.model import CannotTellError


@pytest.mark.parametrize("error", [CannotTellError("no"), PageLostError("no"), Error("no")])
def test_what_cannot_be_told_together_is_tried_apart(error):
    def visit(**_):
        raise error

    assert endures_all(SimpleNamespace(visit=visit)) is False
