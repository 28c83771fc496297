"""What an interview of ten turns with grading costs in input tokens, against a naive bot that sends everything again.

Both speak to the fake Messages server of the tests, whose cache keeps to the real rules (exact prefixes, minimum lengths,
breakpoints, lifetimes) and which counts tokens by one fixed rule, so that only the ratio means anything beyond this machine.
Ours is the real engine with the Claude minds, 75 seconds between turns, on a server that has seen nobody before. The naive bot
puts the same instructions and the whole item with its rubric into one system prompt, sends the full transcript each turn, has
no schema to pay for, and is graded by the same request without a cache.

`billed_tokens` weighs input as it is billed (read from the cache .1, written to it 1.25); `usd` and `naive_usd` add output.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.table import Table

from bot.chat.events import Event, Ran, Said
from bot.chat.ids import ConversationId, Person
from bot.interview.engine import Engine
from bot.interview.grader import GradeRequest
from bot.interview.interviewer import Proposal, TurnRequest
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.claude import prompt, schema
from bot.models.claude.call import Ask, Claude
from bot.models.claude.grade import ClaudeGrader
from bot.models.claude.ledger import Usage, cost_usd
from bot.models.claude.parameters import READ_WEIGHT, WRITE_WEIGHT, ClaudeSettings
from bot.models.claude.prompt import Block
from bot.models.claude.turn import ClaudeInterviewer
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from tests.fakes.anthropic import Fake
from tests.fakes.anthropic.cache import tokens

QUESTION = "five-points-down"
PAUSE_S = 75
SAID = (
    "Before I start, how is that accuracy measured, and did the people who check the invoices change anything?",
    "Is the drop even across all invoices, or is it one channel or one group of suppliers that carries it?",
    "Then I would put the portal invoices next to the rest and look at the fields that come in, one by one. If a field is "
    "suddenly empty for that group alone, the model as a whole is fine and something upstream broke about two weeks ago.",
    "I would replay this week's portal invoices on last quarter's version. If that does just as badly, the release is off "
    "the list, because the old version never changed. If it does well, I look at what we shipped since.",
    "Response times I would only look at quickly. Load would show at peak hours and in every channel, not in one.",
    "While we look, the portal group goes to people, largest amounts first, as many as the desk can take in a day, and the "
    "old rules take the rest. The other channels stay automatic, because nothing is wrong with them.",
    "Retraining tonight would teach the model the empty field. Nothing so far says that the world changed; the same kind "
    "of invoice still goes to the same account. So I would not, and I would say why.",
    "If nobody knows the cause by tomorrow noon, or if it falls below eighty in any group, we switch that group to rules "
    "without waiting for the reason. I would write that down today, so that nobody has to argue about it at night.",
    "Five points on forty thousand invoices a week are two thousand more wrong ones. Suppliers are paid late, and the "
    "bookkeepers find it at month end. Paying the wrong account is worse than asking a person once too often.",
    "When it is fixed I would watch the portal group for a week, not the average, run the last twelve days again, put the "
    "wrong bookings right before Thursday, and add an alert on empty fields for each channel.",
)
"""What the candidate says: two questions about the case, eight answers."""


@dataclass
class Clock:
    """The time of interview and cache."""

    now_ms: int = 1_764_000_000_000

    def __call__(self) -> float:
        """Seconds."""
        return self.now_ms / 1000


class Nobody:
    """Shows progress to nobody."""

    async def typing(self) -> None:
        """Nobody watches."""

    async def step(self, text: str, done: int, total: int) -> None:
        """Nobody watches."""


class Books(list[Usage]):
    """A ledger in a list."""

    async def record(self, usage: Usage) -> None:
        """Keep it."""
        self.append(usage)


class Watched:
    """The interviewer, keeping what it was asked."""

    name = "claude"

    def __init__(self, mind: ClaudeInterviewer) -> None:
        self._mind = mind
        self.asked: list[TurnRequest] = []

    async def turn(self, request: TurnRequest) -> Proposal:
        """Pass it on."""
        if not request.rejected:
            self.asked.append(request)
        return await self._mind.turn(request)


def billed(usage: Usage) -> float:
    """Input tokens as they are billed."""
    return usage.input + usage.cache_read * READ_WEIGHT + usage.cache_write * WRITE_WEIGHT["5m"]


async def interview(base_url: str, clock: Clock, question: str) -> tuple[Books, list[TurnRequest], GradeRequest]:
    """Hold the interview and grade it: the books, and what the minds were asked."""
    library, books = Library.open(), Books()
    claude = Claude(ClaudeSettings(api_key="benchmark", base_url=base_url), books)
    mind, grader = Watched(ClaudeInterviewer(claude)), ClaudeGrader(claude)
    engine = Engine(
        library,
        Minds({"claude": mind, "offline": OfflineInterviewer()}, {"claude": grader, "offline": OfflineGrader()}),
    )
    to, person = ConversationId("bench", "local", "one").address, Person("bench", "local", "one")
    options = {"question": question, "mind": "claude", "seed": "0", "minutes": "20"}
    events: list[Event] = [Ran("b:0", to, clock.now_ms, person, "practice", options)]
    session = (await engine.handle(to, None, events, Nobody())).session
    for number, text in enumerate(SAID, start=1):
        clock.now_ms += PAUSE_S * 1000
        said = Said(f"b:{number}", to, clock.now_ms, person, text)
        session = (await engine.handle(to, session, [said], Nobody())).session
    assert session is not None
    request = GradeRequest(
        session=session.id,
        question=library.question(session.question).drawn(session.seed),
        level=session.level,
        sentences=session.sentences(),
        person=person,
    )
    clock.now_ms += PAUSE_S * 1000
    await grader.grade(request)
    await claude.aclose()
    return books, mind.asked, request


def plain(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same blocks, none of them cached."""
    return tuple(replace(block, cached=False) for block in blocks)


async def naive(base_url: str, asked: Sequence[TurnRequest], graded: GradeRequest) -> Books:
    """The same interview and grading, everything sent again each time, nothing cached."""
    books = Books()
    claude = Claude(ClaudeSettings(api_key="benchmark", base_url=base_url), books)
    whole_item = prompt.grade_system(graded)[1]
    for request in asked:
        instructions = prompt.turn_system(request)[0]
        record = "\n".join([*(f"{line.by}: {line.text}" for line in request.transcript), f"candidate: {request.text}"])
        ask = Ask("turn", "naive", None, plain([instructions, whole_item]), (Block(record),), schema.TURN)
        # Free text needs no schema; what it would add to the prompt is taken off below.
        await claude.answer(ask, lambda _: None, claude.clock() + 20)
    checks = [check.id for criterion in prompt.shuffled(graded) for check in criterion.checks]
    message = prompt.grade_message(graded, graded.sentences, checks)
    ask = Ask("grade", "naive", None, plain(prompt.grade_system(graded)), plain(message), schema.GRADE)
    await claude.answer(ask, lambda _: None, claude.clock() + 20)
    await claude.aclose()
    added = tokens(json.dumps({"type": "json_schema", "schema": schema.TURN}, sort_keys=True))
    spoken = [request.transcript[-1].text for request in asked[1:]] + [asked[-1].moves[0].wording]
    turns = [
        replace(usage, input=usage.input - added, output=tokens(words))
        for usage, words in zip(books[:-1], spoken, strict=True)
    ]
    return Books(
        replace(usage, usd=cost_usd(usage.model, usage.input, 0, {}, usage.output)) for usage in (*turns, books[-1])
    )


async def run(question: str) -> tuple[Books, Books]:
    """The books of both bots."""
    clock = Clock()
    async with Fake(clock=clock) as fake:
        ours, asked, graded = await interview(fake.base_url, clock, question)
        return ours, await naive(fake.base_url, asked, graded)


def main() -> None:
    """Measure, print, and with `--json` print the figures as the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--question", default=QUESTION, help=f"the item to interview with (default {QUESTION})")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    ours, theirs = asyncio.run(run(args.question))
    table = Table("call", "plain", "read", "written", "billed", "naive", "usd", "naive usd")
    for number, (usage, other) in enumerate(zip(ours, theirs, strict=True), start=1):
        table.add_row(
            f"{usage.purpose} {number}" if usage.purpose == "turn" else "grade",
            *(str(count) for count in (usage.input, usage.cache_read, usage.cache_write)),
            f"{billed(usage):.0f}",
            str(other.input),
            f"{usage.usd:.5f}",
            f"{other.usd:.5f}",
        )
    figures = {
        "billed_ratio": round(sum(map(billed, ours)) / sum(map(billed, theirs)), 3),
        "billed_tokens": round(sum(map(billed, ours))),
        "naive_tokens": round(sum(map(billed, theirs))),
        "usd": round(sum(usage.usd or 0 for usage in ours), 5),
        "naive_usd": round(sum(usage.usd or 0 for usage in theirs), 5),
    }
    Console().print(table)
    print(json.dumps(figures) if args.json else figures)


if __name__ == "__main__":
    main()
