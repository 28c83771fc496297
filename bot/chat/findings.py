"""What a look at an installation found: each thing with what it is, why it matters and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """GOOD works; COULD is optional and not there; BROKEN keeps something from working."""

    GOOD = "good"
    COULD = "could"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. Never holds a secret."""

    health: Health
    what: str
    why: str = ""
    fix: str = ""


def good(what: str) -> Finding:
    """It works."""
    return Finding(Health.GOOD, what)


def could(what: str, why: str, fix: str) -> Finding:
    """It is not there and need not be."""
    return Finding(Health.COULD, what, why, fix)


def broken(what: str, why: str, fix: str) -> Finding:
    """It keeps something from working."""
    return Finding(Health.BROKEN, what, why, fix)
