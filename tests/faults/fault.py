"""One fault of the network, as a value: what goes wrong, how often and for how long."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

Kind = Literal[
    "pass",
    "drop_before",
    "drop_after",
    "cut",
    "status",
    "captive_portal",
    "hang",
    "hold",
    "black_hole",
    "trickle",
    "down",
]


@dataclass(frozen=True, kw_only=True)
class Fault:
    """
    What happens to requests; those it is not, or no more, for pass through.

    ============== ==================================================================
    pass           nothing
    drop_before    the connection is reset; the server never saw the request
    drop_after     the connection is reset when the server has answered
    cut            the connection is reset after half of the answer
    status         ``status`` is answered in the server's place, with ``retry_after``
    captive_portal 200 with an HTML page is answered in the server's place
    hang           the server gets the request at once, its answer waits ``wait_s``
    hold           the request waits ``wait_s``, then goes to the server in any case,
                   whether or not somebody still waits for the answer
    black_hole     nothing is read or answered, until it ends; a request goes to the
                   server then, if somebody still waits for its answer
    trickle        the answer takes ``wait_s``, in small pieces
    down           connections are refused, those open are reset; ``times`` has no
                   meaning
    ============== ==================================================================

    Attributes:
        times: Only for so many requests. None: for all of them.
        for_s: Only for so long, from when it was armed. None: until another one is armed.
        wait_s: None: until released, or until another fault is armed.
        status: Of the answer in the server's place.
        retry_after: Its header of this name, as it stands: seconds or a date.
        cors: Can pages read what is answered in the server's place?
        spares_preflights: CORS preflights (OPTIONS) pass, and do not count: the fault is for what
            they ask leave for. ``down`` spares nothing.
        delay_ms: Beside the fault, and not bounded: each way of every request takes so long, and
            so do both ways of the handshake of every connection.
    """

    kind: Kind = "pass"
    times: int | None = None
    for_s: float | None = None
    wait_s: float | None = None
    status: int = 503
    retry_after: str | None = None
    cors: bool = True
    spares_preflights: bool = False
    delay_ms: float = 0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"no fault {self.kind!r}, only {', '.join(get_args(Kind))}")
        if self.kind == "down" and self.times is not None:
            raise ValueError("down: nobody can count requests that cannot be made")
        if self.kind == "trickle" and self.wait_s is None:
            raise ValueError("trickle: how long? wait_s")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
