"""A mind that names every message it was given, and is instant, slow, away or broken as chance will have it.

The engine, its rules and the reading of its words are the real ones. Both minds of an installation are made of it: the one that
is asked first has the faults, the one that stands in has none.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from bot.interview.grader import GradeRequest, Judgement, Report, nobody
from bot.interview.interviewer import Away, Intent, Move, MoveKind, Proposal, TurnRequest
from bot.interview.minds import Minds
from bot.models.offline.grader import OfflineGrader

NAMED = re.compile(r"\bk\d+\b")
"""How a person's message is recognised in an answer."""


STEADY_S = 0.4
"""What every turn takes while the weather is calm: long enough that whoever is killed then has turns under way."""


class Weather:
    """How bad it is: worst waiting time, and a file that means calm while it exists."""

    def __init__(self, slow_s: float, calm: Path) -> None:
        self._slow_s = slow_s
        self._calm = calm

    async def strikes(self) -> str:
        """Take as long as a model may take; the fault that is due, if any."""
        if self._calm.exists():
            await asyncio.sleep(STEADY_S)
            return ""
        dice = random.random()
        if dice < 0.03:
            await asyncio.sleep(random.uniform(0.1, 1.0) * self._slow_s)
        elif dice < 0.15:
            await asyncio.sleep(random.uniform(0.0, 0.4))
        return random.choices(("", "away", "broken", "rude"), (92, 4, 1, 3))[0]


class Names:
    """Leads turns: every turn is a question about the case, answered with the names of the messages it came in."""

    def __init__(self, name: str, weather: Weather | None = None) -> None:
        self.name = name
        self._weather = weather

    async def turn(self, request: TurnRequest) -> Proposal:
        """The names of what was said."""
        # A second try without words of its own would leave the authored ones, which name no message.
        fault = await self._weather.strikes() if self._weather is not None and not request.rejected else ""
        if fault == "away":
            raise Away("away by chance")
        if fault == "broken":
            raise RuntimeError("broken by chance")
        said = f"Heard {' '.join(NAMED.findall(request.text))}. What else?"
        if fault == "rude":
            said = f"Great answer! {said}"  # words that must not reach anybody; the second try is put better
        return Proposal(Intent.CLARIFY, Move(MoveKind.CLARIFY), wording=said, mind=self.name)


class Coach:
    """Grades as the offline coach does, under another name, when it is there."""

    def __init__(self, name: str, weather: Weather | None = None) -> None:
        self.name = name
        self._weather = weather
        self._coach = OfflineGrader()

    async def grade(self, request: GradeRequest, report: Report = nobody) -> Judgement:
        """A judgement, late or from somebody else."""
        fault = await self._weather.strikes() if self._weather is not None else ""
        if fault == "away":
            raise Away("away by chance")
        if fault == "broken":
            raise RuntimeError("broken by chance")
        return replace(await self._coach.grade(request, report), mind=self.name)


@contextlib.asynccontextmanager
async def minds(weather: Weather) -> AsyncIterator[Minds]:
    """What takes the place of `bot.app.minds`."""
    yield Minds(
        {"named": Names("named", weather), "offline": Names("offline")},
        {"named": Coach("named", weather), "offline": Coach("offline")},
        "named",
    )
