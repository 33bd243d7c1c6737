"""The errors that a caller of this package can meet. Each one says what to do about it."""

from __future__ import annotations


class AkUnsubError(Exception):
    """The root of every error that this package raises on purpose."""


class InvalidScriptIdError(AkUnsubError):
    """The ``id`` of a script URL is not base64 of ``account|resource``."""

    def __init__(self, script_id: str) -> None:
        self.script_id = script_id
        super().__init__(
            f"{script_id!r} is not a script id: expected base64 of 'account|resource', "
            "for example MXw3Mw== for 1|73"
        )


class SettingsError(AkUnsubError):
    """The settings file cannot be used. Nothing was started or stored."""

    def __init__(self, source: str, problems: list[str]) -> None:
        self.source = source
        #: One line for each problem, beginning with the key's path.
        self.problems = problems
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))


class StoreUnavailableError(AkUnsubError):
    """The database cannot be opened or written."""

    def __init__(self, url: str, reason: str) -> None:
        self.url = url
        self.reason = reason
        super().__init__(f"cannot use the database {url}: {reason}")


class CallRefusedError(AkUnsubError):
    """
    A call to the endpoint was bad, and nothing was changed.

    It becomes the platform's envelope: ``{"error": error, "error_text": …}`` with *code* beside it.
    """

    def __init__(
        self,
        code: str,
        error: int,
        error_text: str,
        *,
        fix: str = "",
        nearest: dict[str, object] | None = None,
    ) -> None:
        #: What was wrong, one word: the same in the answer, in the ledger and in the documentation.
        self.code = code
        #: The envelope's error number, which is the HTTP status as well.
        self.error = error
        #: What was wrong. It goes to strangers: nothing in it that they did not send.
        self.error_text = error_text
        #: What the developer should do about it. Never sent in production.
        self.fix = fix
        #: The fields of the nearest call that would have been good. Never sent in production.
        self.nearest = nearest
        #: Of the resource that it was about; "" where that was not known.
        self.mode: str = ""
        super().__init__(f"{code}: {error_text}")


class UnknownMessageError(AkUnsubError):
    """No message with this smid is configured."""

    def __init__(self, smid: str, nearest: str | None) -> None:
        self.smid = smid
        #: The known smid that may have been meant.
        self.nearest = nearest
        advice = f"did you mean {nearest}?" if nearest else "add it under [[messages]]"
        super().__init__(f"there is no message {smid[:200]!r}; {advice}")


class ServerError(AkUnsubError):
    """The server could not be started."""
