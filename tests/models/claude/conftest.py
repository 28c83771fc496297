"""The Claude mind on a fake server, with time limits that suit a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.models.claude.call import Claude
from bot.models.claude.client import warm_up
from bot.models.claude.grade import ClaudeGrader
from bot.models.claude.ledger import Usage
from bot.models.claude.parameters import ClaudeSettings
from bot.models.claude.turn import ClaudeInterviewer
from tests.fakes.anthropic import Fake

KEY = "sk-test-do-not-tell"


@dataclass
class Books:
    """A ledger that keeps everything in a list."""

    entries: list[Usage] = field(default_factory=list)

    async def record(self, usage: Usage) -> None:
        """Keep it."""
        self.entries.append(usage)


@dataclass
class Clock:
    """Seconds that pass only when a test says so."""

    now: float = 1_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def settings(base_url: str, whole_s: float = 6.0, first_s: float = 0.5, silence_s: float = 5.0) -> ClaudeSettings:
    """The default settings with short time limits, which a busy machine keeps nevertheless."""
    given = ClaudeSettings(api_key=KEY, base_url=base_url)
    limits: dict[str, Any] = {"whole_s": whole_s, "first_s": first_s, "silence_s": silence_s}
    return replace(given, turn=replace(given.turn, **limits), grade=replace(given.grade, **limits, retries=0))


@pytest.fixture(scope="session", autouse=True)
def _sdk() -> None:
    """The SDK is imported before any time limit runs."""
    asyncio.run(warm_up())


@pytest.fixture
def cache_clock() -> Clock:
    """The clock that ages the fake's cache."""
    return Clock()


@pytest.fixture
async def fake(cache_clock: Clock) -> AsyncIterator[Fake]:
    """A Messages server that takes our key only."""
    async with Fake(key=KEY, clock=cache_clock) as fake:
        yield fake


@pytest.fixture
def books() -> Books:
    """An empty ledger."""
    return Books()


@pytest.fixture
async def claude(fake: Fake, books: Books) -> AsyncIterator[Claude]:
    """The line to the fake."""
    claude = Claude(settings(fake.base_url), books)
    yield claude
    await claude.aclose()


@pytest.fixture
async def impatient(fake: Fake, books: Books) -> AsyncIterator[Claude]:
    """A line that gives up after a second."""
    claude = Claude(settings(fake.base_url, whole_s=1.0), books)
    yield claude
    await claude.aclose()


@pytest.fixture
def interviewer(claude: Claude) -> ClaudeInterviewer:
    """The interviewer on that line."""
    return ClaudeInterviewer(claude)


@pytest.fixture
def grader(claude: Claude) -> ClaudeGrader:
    """The grader on that line."""
    return ClaudeGrader(claude)
