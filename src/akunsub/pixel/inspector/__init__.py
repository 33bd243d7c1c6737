"""``/_unsub/``: what a page just did, live, for the person who builds it."""

from akunsub.pixel.inspector.views import inspector

__all__ = ["inspector"]
