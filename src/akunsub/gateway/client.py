"""
Sending one unsubscribe to the platform: ``POST /api/v1.1/profiles/message_unsub``.

What an answer means follows the platform's own mobile SDKs: 2xx is done, 5xx and no answer are to
be tried again, all else is refused. Decided here: an error in a 200 is a refusal; a 200 that is not
the platform's (a proxy's page) is no answer; 429 with Retry-After says itself to come again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal, Self

import httpx

from akunsub.printable import in_one_line

if TYPE_CHECKING:
    from types import TracebackType

    from akunsub.platform.outbox import Delivery

_PATH = "/api/v1.1/profiles/message_unsub"
_MAX_ANSWER_BYTES = 64 * 1024
_MAX_REASON = 300
_MAX_RETRY_AFTER_S = 24 * 3600
# Nothing was sent yet.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True)
class Answer:
    """
    What came of one try.

    Attributes:
        word: ``done``, ``again`` (it may work later) or ``refused`` (it will not).
        reason: What went wrong, for the operator.
        profile_id: Whose subscription it was; "" when it was not done.
        retry_after_s: Not before that; 0 when the platform said nothing.
        may_have_arrived: It is not known that the platform did not do it.
    """

    word: Literal["done", "again", "refused"]
    reason: str = ""
    profile_id: str = ""
    retry_after_s: float = 0
    may_have_arrived: bool = False


class Client:
    """
    The platform's server API. Usable from several threads, and as a context manager.

    Args:
        url: Scheme and host.
        token: The API token. It is sent to that host only: redirects are not followed.
        timeout_s: For connecting, and for each wait on the answer.
        connections: At most so many at a time.
    """

    def __init__(self, url: str, token: str, *, timeout_s: float, connections: int) -> None:
        self._token = token
        self._http = httpx.Client(
            base_url=url,
            timeout=timeout_s,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            headers={"Accept": "application/json"},
            follow_redirects=False,
            # What is to be reached is configured, not found in the environment.
            trust_env=False,
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def send(self, delivery: Delivery) -> Answer:
        """Try *delivery* once, with its Request-ID."""
        if delivery.rtoken is None:
            key = f"{delivery.resource_key.account_id}|{delivery.resource_key.resource_id}"
            return Answer("refused", f"resource {key} is not configured any more")
        body: dict[str, Any] = {
            "token": self._token,
            "rtoken": delivery.rtoken,
            "smid": delivery.smid,
        }
        if delivery.categories is not None:
            body["categories"] = delivery.categories
        try:
            with self._http.stream(
                "POST", _PATH, json=body, headers={"Request-ID": delivery.request_id}
            ) as response:
                return _read(response, _body_of(response))
        except _NOT_SENT as error:
            return Answer("again", self._shown(f"cannot be reached: {_name(error)}"))
        except httpx.HTTPError as error:
            reason = self._shown(f"no answer: {_name(error)}")
            return Answer("again", reason, may_have_arrived=True)

    def _shown(self, text: str) -> str:
        return in_one_line(text.replace(self._token, "***"))[:_MAX_REASON]


def _name(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()


def _body_of(response: httpx.Response) -> bytes:
    body = b""
    for part in response.iter_bytes():
        body += part
        if len(body) > _MAX_ANSWER_BYTES:
            break
    return body


def _read(response: httpx.Response, body: bytes) -> Answer:
    status = response.status_code
    envelope = _envelope(body)
    said = envelope.get("error_text") if envelope else None
    reason = f"{status}" + (f": {said}" if isinstance(said, str) and said else "")
    reason = in_one_line(reason)[:_MAX_REASON]
    if status >= 500:
        return Answer(
            "again", reason, retry_after_s=_retry_after_s(response), may_have_arrived=True
        )
    if not 200 <= status < 300:
        wait_s = _retry_after_s(response) if status == 429 else 0
        return Answer("again" if wait_s else "refused", reason, retry_after_s=wait_s)
    if envelope is None:
        return Answer("again", f"{status}, but not the platform's answer", may_have_arrived=True)
    if envelope["error"] != 0:
        return Answer("refused", f"error {envelope['error']}: {reason}"[:_MAX_REASON])
    profile_id = envelope.get("profile_id")
    return Answer("done", profile_id=profile_id[:64] if isinstance(profile_id, str) else "")


def _envelope(body: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    is_one = isinstance(found, dict) and isinstance(found.get("error"), int)
    return found if is_one else None


def _retry_after_s(response: httpx.Response) -> float:
    """Return what the header Retry-After says, in seconds or as a date; 0: nothing of use."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(min(int(text[:9]), _MAX_RETRY_AFTER_S))
    try:
        at = parsedate_to_datetime(text)
        wait_s = (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)
    except (ValueError, TypeError):
        return 0
    return min(max(0.0, wait_s.total_seconds()), _MAX_RETRY_AFTER_S)
