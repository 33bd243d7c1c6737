"""What a page consists of, whoever wrote it."""

from __future__ import annotations

from html.parser import HTMLParser


class Elements(HTMLParser):
    """All elements, with their attributes, and the text."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.text += " "

    def handle_data(self, data):
        self.text += data
