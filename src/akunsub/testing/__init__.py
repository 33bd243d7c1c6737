"""
For tests of unsubscribe pages: an endpoint of their own, and what they expect of it.

With pytest it is there as the fixtures of ``plugin.py``; without::

    from akunsub.testing import UnsubServer

    with UnsubServer() as server:
        ...  # open the page, with server.script_url() in its tag, and press its button
        server.expect_confirm("fGmXiWU9Y4NSIpCwl4QG6QXAAAQEQsQQQEQEAABCRA")

Importing this imports neither Flask, SQLAlchemy nor Playwright.
"""

from akunsub.testing.calls import ANY
from akunsub.testing.clock import UnsubClock
from akunsub.testing.server import UnsubServer

__all__ = ["ANY", "UnsubClock", "UnsubServer"]
