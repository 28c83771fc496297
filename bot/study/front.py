"""What a person asks of us outside any interview: to be shown in, to practise in private, to be forgotten.

These are events in the person's own mailbox, so that they work wherever the person is when they ask. Nothing is drawn and
nothing is stored here: the record comes in, the next record and what to say go out.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat.events import Event, Ran, Told
from bot.chat.ids import Address
from bot.chat.meanings import Choices, Meaning, Option, Paragraph, Passage, Verdict
from bot.chat.replies import Operation, Outgoing, Reply, Role, Tell
from bot.interview import words
from bot.interview.remember import FORGET
from bot.study import record as records
from bot.study.record import Entry, Record

HELLO, LOST, PRACTICE, HISTORY, HELP = "hello", "lost", "practice", "history", "help"
"""Commands a person's mailbox knows: the first time they look in, something said where no interview is open, an interview in
private, past interviews, what can be done."""

FORGET_ME = "forget me"
"""The command to be forgotten; with the option `quiet` the adapter has said that it is done."""

LISTED = 40
"""Past interviews in a list of them."""

OFFERS = (
    Option("practice", "Try an interview now", word="practice", style="primary"),
    Option("setup", "Choose what to practise"),
)

WELCOME = (
    "I'm Hotseat. I hold mock interviews: one question, follow-ups like a demanding interviewer's, and then feedback that "
    "quotes what you said. The first takes fifteen minutes, and nobody else sees it."
)
NOTHING_OPEN = "No interview is open here. Shall we begin one?"
NO_HISTORY = "No interviews yet. The first takes fifteen minutes."
FORGOTTEN = "I've removed everything I kept about you: interviews, answers, scorecards, history."


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of it. `forget`: nothing else may be kept of the person."""

    record: Record
    outgoing: tuple[Outgoing, ...] = ()
    forget: bool = False


def handle(person: Address, record: Record, events: Sequence[Event]) -> Answered:
    """Handle a person's events in order."""
    outgoing: list[Outgoing] = []
    forget = False
    for event in events:
        if isinstance(event, Told):
            record = records.handle(record, (event,))
            forget = forget or (record.empty and event.topic == "forgotten")
        elif isinstance(event, Ran) and event.command == FORGET_ME:
            outgoing = [*(item for item in outgoing if isinstance(item, Tell)), *_tell_all(event, record)]
            record, forget = Record(), True
            if not event.options.get("quiet"):
                outgoing.append(_reply(person, event, (Paragraph(FORGOTTEN),)))
        elif isinstance(event, Ran):
            record, said = _answer(person, record, event)
            outgoing += said
    return Answered(record, tuple(outgoing), forget)


def _answer(person: Address, record: Record, event: Ran) -> tuple[Record, list[Outgoing]]:
    if event.command == PRACTICE:
        begins = replace(event, id=f"{event.id}:begins")
        return record, [
            Reply(
                f"{event.id}:open",
                person,
                Role.SYSTEM,
                "open",
                (),
                Operation.DIRECT,
                person=event.person,
                begins=begins,
            )
        ]
    meanings: tuple[Meaning, ...]
    if event.command == HELLO:
        if record.greeted:
            return record, []
        record, meanings = replace(record, greeted=True), (Choices(WELCOME, OFFERS),)
    elif event.command == LOST:
        meanings = (Choices(NOTHING_OPEN, OFFERS),)
    elif event.command == HISTORY:
        meanings = listing(record)
    elif event.command == HELP:
        meanings = (
            Choices(f"practice starts an interview, history shows your past ones. In one: {words.HELP}", OFFERS),
        )
    else:
        meanings = (Paragraph(f"I don't know the command {event.command[:40]!r}."),)
    return record, [_reply(person, event, meanings)]


def _reply(person: Address, event: Ran, meanings: tuple[Meaning, ...]) -> Reply:
    name = f"{event.id}:{event.command}"
    return Reply(name, person, Role.SYSTEM, event.command, meanings, Operation.DIRECT, person=event.person)


def listing(record: Record) -> tuple[Meaning, ...]:
    """A person's past interviews, the latest first."""
    if not record.entries:
        return (Paragraph(NO_HISTORY),)
    rows = [
        f"{_day(entry.at_ms)}  {entry.title} ({entry.level}): {_result(entry)}" for entry in reversed(record.entries)
    ]
    return (Passage("Your interviews", "\n".join(rows[:LISTED])),)


def _day(at_ms: int) -> str:
    return datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC).strftime("%d %b %Y")


def _result(entry: Entry) -> str:
    if entry.unfinished:
        return "not finished"
    card = entry.scorecard
    if card is None:
        return "no scorecard"
    if card.numbers and card.overall is not None:
        return f"overall {card.overall:g}"
    checks = [check for line in card.criteria for check in line.checks]
    if not card.numbers and any(check.verdict in {Verdict.MET, Verdict.PARTLY, Verdict.NOT} for check in checks):
        return "feedback in words"  # asked for without numbers
    covered = sum(check.verdict is Verdict.COVERED for check in checks)
    return f"{covered} of {len(checks)} points covered"


def _tell_all(event: Ran, record: Record) -> list[Outgoing]:
    """Word to every conversation that holds something of theirs."""
    told: list[Outgoing] = []
    for number, conversation in enumerate(sorted({*(entry.conversation for entry in record.entries), *record.daily})):
        name = f"{event.id}:forget:{number}"
        told.append(Tell(name, Told(name, conversation, event.at_ms, FORGET, {"person": event.to})))
    return told
