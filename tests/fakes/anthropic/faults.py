"""Everything that can go wrong on demand, in the order of where it strikes: the request, the connection, the answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One way to fail."""

    OVERLOADED = "overloaded"  # 529
    SERVER_ERROR = "server_error"  # 500
    RATE_LIMITED = "rate_limited"  # 429 with retry-after
    BAD_KEY = "bad_key"  # 401
    FORBIDDEN = "forbidden"  # 403
    NO_CREDIT = "no_credit"  # 402
    UNKNOWN_MODEL = "unknown_model"  # 404
    NOT_JSON = "not_json"  # 200 with a web page
    SILENT = "silent"  # the request is read and nothing ever comes back
    STALLS = "stalls"  # begins, then never goes on
    CUT = "cut"  # the connection breaks in mid-body
    ENDS_EARLY = "ends_early"  # the stream ends cleanly without message_stop
    ERROR_EVENT = "error_event"  # 200, then an error event inside the stream
    REFUSAL = "refusal"
    TRUNCATED = "truncated"  # stop_reason max_tokens
    MALFORMED = "malformed"  # stop_reason end_turn, text that is no JSON
    NONSENSE = "nonsense"  # keeps to the schema; every id and number is invented
    UNKNOWN_SENTENCE = "unknown_sentence"  # sensible but for sentences that are not there
    OBEYS = "obeys"  # does what a candidate might wish: praises, gives it all away, asks twice, marks all as met


@dataclass(frozen=True, slots=True)
class Faulty:
    """A fault, and for a limit the seconds of `retry-after`."""

    fault: Fault
    retry_after_s: int = 3600


STATUS: dict[Fault, tuple[int, str, str]] = {
    Fault.OVERLOADED: (529, "overloaded_error", "Overloaded"),
    Fault.SERVER_ERROR: (500, "api_error", "Internal server error"),
    Fault.RATE_LIMITED: (429, "rate_limit_error", "This request would exceed your rate limit."),
    Fault.BAD_KEY: (401, "authentication_error", "invalid credentials"),
    Fault.FORBIDDEN: (403, "permission_error", "Your credentials may not use this resource."),
    Fault.NO_CREDIT: (402, "billing_error", "Your credit balance is too low."),
    Fault.UNKNOWN_MODEL: (404, "not_found_error", "model: not found"),
}
"""Faults that are an HTTP status: the status, the error's type and its message."""
