"""Two small items for the tests of the offline mind, and a request built around one of them."""

from __future__ import annotations

import json
from pathlib import Path

from bot.interview import evidence
from bot.interview.interviewer import Move, MoveKind, TurnRequest
from bot.interview.rules import ASIDES
from bot.library.items import Persona, Question

INVOICES = Question.model_validate(
    {
        "id": "invoice-totals",
        "type": "debugging",
        "title": "Wrong totals in Germany",
        "levels": ["senior"],
        "minutes": 15,
        "tags": ["debugging"],
        "personas": ["maya"],
        "prompt": (
            "Ledgerly reads suppliers' invoices for small companies: a model extracts the total, the tax and the due date, and "
            "amounts above a limit go to a person for approval. Since Monday, customers in Germany report wrong totals. How "
            "would you find out what is wrong, and what would you do first?"
        ),
        "facts": [
            {
                "id": "scope",
                "text": "About six in a hundred German invoices have a wrong total; other countries look normal.",
                "asked_by": [
                    "how many invoices are affected",
                    "is it only Germany or other countries too",
                    "which customers or suppliers are hit",
                    "what share of invoices is wrong",
                ],
            },
            {
                "id": "change",
                "text": "A new version of the text recognition step went live on Sunday night.",
                "asked_by": [
                    "what changed recently",
                    "was there a release or deploy",
                    "did anything ship before Monday",
                ],
            },
            {
                "id": "errors",
                "text": "Wrong totals are too large by a factor of a hundred or a thousand.",
                "asked_by": [
                    "what do the wrong totals look like",
                    "can I see an example of a wrong amount",
                    "is there a pattern in the errors",
                ],
            },
            {
                "id": "review",
                "text": "Invoices above 5,000 euro are approved by a person; the rest are paid automatically.",
                "asked_by": [
                    "who checks the amounts before payment",
                    "is there a human review",
                    "are invoices paid automatically",
                ],
            },
            {
                "id": "monitoring",
                "text": "There is a weekly accuracy report on 200 sampled invoices, mostly British.",
                "asked_by": ["how do you measure accuracy", "what does monitoring show", "is there an evaluation set"],
            },
            {
                "id": "team",
                "text": "You have two engineers and a data scientist, who is on leave this week.",
                "asked_by": ["who is on the team", "how many engineers do I have"],
            },
        ],
        "criteria": [
            {
                "id": "finds",
                "name": "Finds the cause by evidence",
                "dimension": "diagnosis",
                "weight": 3,
                "anchors": {"1": "Guesses.", "3": "Names one test.", "5": "Splits the causes by a test."},
                "checks": [
                    {
                        "id": "before-after",
                        "says": "Compares before with after",
                        "level": 3,
                        "phrasings": [
                            "compare totals before and after Sunday",
                            "look at the error rate before and after the release",
                            "diff the output of the old and the new version",
                        ],
                        "probe": "How would you know when it began?",
                        "next": "Compare before with after.",
                    },
                    {
                        "id": "isolate-stage",
                        "says": "Isolates the stage that fails",
                        "level": 4,
                        "weight": 2,
                        "phrasings": [
                            "check whether the text recognition or the extraction is at fault",
                            "look at the intermediate output of each stage",
                            "isolate the stage that changed the amount",
                        ],
                        "probe": "How would you tell which part is at fault?",
                        "next": "Look at what each stage hands on.",
                    },
                ],
            },
            {
                "id": "contains",
                "name": "Contains the harm",
                "dimension": "recovery",
                "anchors": {"1": "None.", "3": "Stops it.", "5": "Stops it, tells people."},
                "checks": [
                    {
                        "id": "stop-payments",
                        "says": "Stops automatic payments",
                        "level": 3,
                        "phrasings": [
                            "stop the automatic payments for German invoices",
                            "hold payments until a person has checked the amounts",
                            "switch German invoices to manual approval",
                        ],
                        "probe": "Money leaves accounts every hour. What do you do about that?",
                        "next": "Stop the harm first.",
                    },
                    {
                        "id": "tell-customers",
                        "says": "Tells the customers who are hit",
                        "level": 3,
                        "phrasings": [
                            "tell the affected customers which totals are wrong",
                            "write to every customer that is hit today",
                            "give support a message for customers",
                        ],
                        "probe": "Who needs to hear about this, and what do they hear?",
                        "next": "Say who is told what.",
                    },
                ],
            },
        ],
        "curveball": {"text": "Suppose recognition is fine. Now what?"},
        "challenge": {
            "text": "The vendor reports 98 % accuracy, so I'd call this noise. Why not wait a week?",
            "hold": "The number still says 98 %. What makes you sure it isn't noise?",
            "yields_to": [
                "an overall average hides one country",
                "the sample is mostly British so it says nothing about German invoices",
                "wrong payments cost customers money every day we wait",
                "noise would be spread out and would not begin on a Monday in one country",
            ],
            "concede": "Fair. What follows from that?",
        },
        "hints": ["Think in stages.", "Numbers are written differently.", "Look at the decimal comma."],
        "exemplars": {
            "weak": "I would ask the engineers.",
            "adequate": "I would compare before and after the release and roll back.",
            "outstanding": "I would stop payments, compare stages, and tell customers.",
            "difference": "The last one stops the harm first.",
        },
    }
)

OFFER = Question.model_validate(
    {
        "id": "offer-brightloom",
        "type": "compensation",
        "title": "An offer below your hopes",
        "levels": ["senior"],
        "minutes": 10,
        "tags": ["negotiation"],
        "personas": ["maya"],
        "prompt": (
            "I'm the recruiter at Brightloom. We would like you to join as a senior product manager, with a base salary of "
            "128,000 and a bonus of ten per cent. You had hoped for more. How do you answer me?"
        ),
        "facts": [
            {
                "id": "band",
                "text": "The band for this level runs from 120,000 to 142,000.",
                "asked_by": ["what is the salary band for this role", "what range is this level"],
            },
            {
                "id": "equity",
                "text": "There is an equity grant worth 40,000 over four years.",
                "asked_by": ["is there any equity", "do you offer stock or options"],
            },
            {
                "id": "deadline",
                "text": "We would like to hear by Friday next week.",
                "asked_by": ["how long do I have to decide", "when do you need my decision"],
            },
            {
                "id": "remote",
                "text": "Three days in the office are expected.",
                "asked_by": ["can I work from home", "how flexible is the remote policy"],
            },
        ],
        "criteria": [
            {
                "id": "anchors",
                "name": "Asks for a number with a reason",
                "dimension": "ask",
                "anchors": {"1": "No ask.", "3": "A number.", "5": "A number with a reason."},
                "checks": [
                    {
                        "id": "number",
                        "says": "Names a number",
                        "level": 3,
                        "phrasings": [
                            "I would like base at 140,000",
                            "I was hoping for something closer to 140",
                            "could we get to 138 on base",
                        ],
                        "probe": "What would you need from us?",
                        "next": "Name a number.",
                    }
                ],
            },
            {
                "id": "trades",
                "name": "Trades one thing for another",
                "dimension": "trade",
                "anchors": {"1": "None.", "3": "One trade.", "5": "A trade that helps both."},
                "checks": [
                    {
                        "id": "trade",
                        "says": "Offers a trade",
                        "level": 4,
                        "phrasings": [
                            "I would trade some bonus for base",
                            "if base is fixed let us look at equity",
                            "I can sign this week if we get there",
                        ],
                        "probe": "Base is hard for me to move. What else could work?",
                        "next": "Offer a trade.",
                    }
                ],
            },
        ],
        "hints": ["Think about the whole package.", "What could they move easily?", "Trade something."],
        "exemplars": {
            "weak": "I accept.",
            "adequate": "I would like 140,000.",
            "outstanding": "I would like 140,000 for what I bring, or equity worth the same.",
            "difference": "The last one gives a reason and a trade.",
        },
    }
)

QUESTIONS = {"invoices": INVOICES, "offer": OFFER}

MAYA = Persona.model_validate(
    {
        "id": "maya",
        "name": "Maya",
        "role": "Hiring manager",
        "voice": "Calm and brief.",
        "concerns": ["harm first"],
        "greeting": "Hello, I'm Maya.",
    }
)


def utterances(name: str) -> list[dict[str, str]]:
    """The rows of a corpus: what was said, and what for; `open` and `q` where they are not the first question on invoices."""
    path = Path(__file__).with_name(name)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def moves(question: Question, challenged: bool = False) -> tuple[Move, ...]:
    """The moves an engine offers, best first."""
    offered = []
    challenge = question.challenge
    if challenged and challenge is not None:
        offered += [Move(MoveKind.CONCEDE, "", challenge.concede), Move(MoveKind.HOLD, "", challenge.hold)]
    ranked = sorted(question.checks, key=lambda check: -question.criterion_of(check.id).weight * check.weight)
    offered += [Move(MoveKind.PROBE, check.id, check.probe) for check in ranked]
    offered += [Move(MoveKind.CLARIFY), Move(MoveKind.ACKNOWLEDGE, "", "Noted.")]
    reasons = (*ASIDES.values(), "one_thing", "no_idea")
    return (*offered, *(Move(MoveKind.REDIRECT, reason, "Back to the question.") for reason in reasons))


def request(
    text: str,
    question: Question = INVOICES,
    open_kind: str = "pose",
    *,
    earlier: str = "",
    shown: frozenset[str] = frozenset(),
    offered: tuple[Move, ...] | None = None,
) -> TurnRequest:
    """A turn in which the candidate says `text` in answer to a move of kind `open_kind`, after having said `earlier`."""
    before = evidence.number([(1, earlier)])
    challenged = open_kind in {"challenge", "hold"}
    return TurnRequest(
        session="s1",
        question=question,
        persona=MAYA,
        level="senior",
        transcript=(),
        text=text,
        said=evidence.number([(3, text)], first=len(before) + 1),
        open=Move(MoveKind(open_kind)),
        moves=moves(question, challenged) if offered is None else offered,
        revealed=(),
        shown=shown,
        earlier=before,
    )
