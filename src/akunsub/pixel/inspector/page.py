"""
A page of the inspector.

Its header is to be seen while the rest is being laid out: the style of the header stands in the
page, allowed by its hash, and all other style is asked for after the header.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from flask import Response, render_template
from markupsafe import Markup

from akunsub.pixel.pages import page_response

_STYLE = (Path(__file__).parent.parent / "static" / "inspector_header.css").read_text("utf-8")
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def inspector_page(template: str, **context: object) -> Response:
    """Return *template*, which extends ``inspector_base.html``, as a page."""
    html = render_template(template, header_style=Markup(_STYLE), **context)  # noqa: S704  # nosec B704  # our own style sheet
    response = page_response(html, scripted=True)
    response.content_security_policy.style_src = f"'self' 'sha256-{_HASH}'"
    return response
