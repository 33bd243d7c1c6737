"""What sends one event from a page: an SDK, or a bare way to send."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sender:
    """
    One row of the table.

    Attributes:
        key: One word, for the command line and for file names.
        name: For people.
        settings: What was set beyond the defaults so that it delivers as well as it can, in its
            own documentation's words.
        source: JavaScript. It sets ``window.start({url})``, which returns when it is ready to
            send to *url* (a promise, perhaps), and ``window.send(mark)``, which sends one event
            that holds *mark*. With packages it is an ES module that may import them.
        packages: From npm: name and exact version.
        answers: What its server says: beginnings of paths, and JSON. ``{}`` to all others.
        first_source: Where a page loads less at first than what is bundled here: that.
        remark: What figures about the script do not show.
        retries: False: what is lost at once is lost, so nobody needs to wait.
    """

    key: str
    name: str
    settings: str
    source: str
    packages: dict[str, str] = field(default_factory=dict)
    answers: dict[str, object] = field(default_factory=dict)
    first_source: str = ""
    remark: str = ""
    retries: bool = True

    @property
    def title(self) -> str:
        """Its name with its version, when it has one."""
        return " ".join([self.name, *list(self.packages.values())[:1]])
