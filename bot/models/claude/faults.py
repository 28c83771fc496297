"""What can go wrong between us and the model, in one vocabulary, and how long to leave a model alone after it.

A `Fault` says in our own words what happened; nothing of a request (the key, what a candidate wrote) is carried in it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

_log = logging.getLogger(__name__)

_FIELD = re.compile(r"(output_config\.effort|output_config|cache_control|thinking)")


class Kind(StrEnum):
    """Kinds of fault."""

    OVERLOADED = "overloaded"
    LIMITED = "rate limited"
    SLOW = "no answer in time"
    CUT = "connection lost"
    SERVER = "server error"
    REFUSED = "declined to answer"
    TRUNCATED = "answer cut off"
    KEY = "key not accepted"
    CREDIT = "out of credit"
    MODEL = "model not available"
    REQUEST = "request not accepted"


ACCOUNT = frozenset({Kind.KEY, Kind.CREDIT})
"""Faults no other model of the same account would be spared."""

PASSING = frozenset({Kind.OVERLOADED, Kind.LIMITED, Kind.CUT, Kind.SERVER})
"""Faults a second try of the same model may not meet."""

_ANSWERED = frozenset({Kind.REFUSED, Kind.TRUNCATED, Kind.REQUEST})
_AT_ONCE = ACCOUNT | {Kind.SLOW, Kind.MODEL}


class Fault(Exception):
    """A call that gave nothing. `retry_after_s` is what the server asked for; `field` is a request field it rejected."""

    def __init__(self, kind: Kind, retry_after_s: float = 0.0, rejected: str = "") -> None:
        super().__init__(kind.value)
        self.kind = kind
        self.retry_after_s = retry_after_s
        self.rejected = rejected


_BY_STATUS = {
    401: Kind.KEY,
    402: Kind.CREDIT,
    403: Kind.KEY,
    404: Kind.MODEL,
    408: Kind.SLOW,
    409: Kind.SERVER,
    429: Kind.LIMITED,
    504: Kind.SLOW,
    529: Kind.OVERLOADED,
}
_BY_TYPE = {
    "overloaded_error": Kind.OVERLOADED,
    "rate_limit_error": Kind.LIMITED,
    "authentication_error": Kind.KEY,
    "permission_error": Kind.KEY,
    "billing_error": Kind.CREDIT,
    "not_found_error": Kind.MODEL,
    "timeout_error": Kind.SLOW,
    "invalid_request_error": Kind.REQUEST,
}


def fault_of(error: Exception) -> Fault:
    """The fault behind an exception of the SDK, of its connection, or of a platform's own credentials."""
    import anthropic
    import httpx2

    if isinstance(error, Fault):
        return error
    # An error event inside a stream arrives with status 200, so its type is asked first.
    if isinstance(error, anthropic.APIStatusError):
        kind = _BY_TYPE.get(str(error.type)) or _BY_STATUS.get(error.status_code)
        if kind is None:
            kind = Kind.REQUEST if 400 <= error.status_code < 500 else Kind.SERVER
        message = str(error.api_message or error.message)
        if kind is Kind.REQUEST and "credit balance" in message:
            kind = Kind.CREDIT
        field = _FIELD.search(message) if kind is Kind.REQUEST else None
        return Fault(kind, _retry_after(error.response.headers.get("retry-after")), field[1] if field else "")
    if isinstance(error, anthropic.APITimeoutError | httpx2.TimeoutException | TimeoutError):
        return Fault(Kind.SLOW)
    if isinstance(error, anthropic.APIConnectionError | httpx2.HTTPError | OSError):
        return Fault(Kind.CUT)
    # A body that is no JSON, credentials a platform's library could not find: the turn goes on without Claude. Only the
    # type is logged, the words of such an error may hold a request.
    _log.error("unexpected %s while calling Claude", type(error).__name__)
    return Fault(Kind.SERVER)


def _retry_after(header: str | None) -> float:
    try:
        return max(0.0, float(header or 0))
    except ValueError:
        return 0.0


@dataclass
class _Outage:
    failures: int = 0
    closed_until: float = 0.0
    hold_s: float = 0.0


class Breaker:
    """Remembers which models are out, so that not every turn waits for them.

    A model is left alone at once after a silence, an account's fault or a limit with a wait, and after two passing faults
    in a row. When the time is over one call may try it; if that fails too it is left alone twice as long, up to a limit.
    """

    def __init__(self, outage_s: float, longest_s: float, clock: Callable[[], float]) -> None:
        self._outage_s = outage_s
        self._longest_s = longest_s
        self._clock = clock
        self._outages: dict[str, _Outage] = {}

    def allows(self, model: str) -> bool:
        """Whether a model may be asked now. A yes after an outage lets this one caller through, for now."""
        outage = self._outages.get(model)
        if outage is None or not outage.hold_s:
            return True
        if self._clock() < outage.closed_until:
            return False
        outage.closed_until = self._clock() + outage.hold_s
        return True

    def worked(self, model: str) -> None:
        """The model answered."""
        self._outages.pop(model, None)

    def failed(self, model: str, fault: Fault) -> None:
        """The model gave nothing. One that did answer, with a refusal say, is not out."""
        if fault.kind in _ANSWERED:
            self.worked(model)
            return
        outage = self._outages.setdefault(model, _Outage())
        outage.failures += 1
        if outage.failures < 2 and fault.kind not in _AT_ONCE and fault.retry_after_s <= 1:
            return
        doubled = outage.hold_s * 2 if outage.hold_s else self._outage_s
        outage.hold_s = min(max(doubled, fault.retry_after_s), self._longest_s)
        outage.closed_until = self._clock() + outage.hold_s
