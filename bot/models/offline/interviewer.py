"""The offline interviewer: reads a turn by rules and word matching, and chooses among the moves it is offered.

It puts nothing into words: every move comes with authored ones. What a turn was for is read by `intent`; what a check or a
fact matches is `matching`'s work. It cannot tell whether a reason is right, only that it is one of those the author named.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from bot.chat.meanings import Verdict
from bot.interview.evidence import Sentence
from bot.interview.interviewer import Intent, Move, MoveKind, Proposal, TurnRequest
from bot.interview.rules import ADVANCING, ASIDES
from bot.library.items import Fact, Question
from bot.models.offline.guards import screen
from bot.models.offline.intent import Reading, Topic, read
from bot.models.offline.lexicon import NEGATORS, WEAK
from bot.models.offline.matching import Matcher, matcher_for
from bot.models.offline.text import is_content, words

ASKED_AT = 0.5
"""How well a question must match a fact for the fact to be given."""
REASON_AT = 0.5
"""How well an answer to a challenge must match one of the reasons that settle it."""
CONTEXT = 2
"""Sentences of earlier turns read along with the new ones: a point may be spread over three, the older were read before."""

SURE_AT = 0.7
"""How well it must match when only one telling word is shared."""

_UNTELLING = WEAK | NEGATORS | {word.stem for word in words(" ".join(WEAK))} | {"befor", "after", "ani"}
_BARGAIN = re.compile(
    r"\b(?:can|could|would|will) (?:you|we)\b(?! (?:tell|explain|clarify|share|say))|\b(?:room|best|higher|closer)\b"
)
_CHALLENGES = frozenset({MoveKind.CHALLENGE, MoveKind.HOLD})
_EVIDENCE = frozenset({Intent.ANSWER, Intent.BOTH, Intent.CORRECT, Intent.PUSH_BACK})
_TOPICS_KEPT = 32


class OfflineInterviewer:
    """Leads turns without a model. Deterministic; holds nothing but caches."""

    def __init__(self) -> None:
        """Needs nothing: each question's vocabulary is read when it first comes up."""
        self._topics: OrderedDict[tuple[str, str], Topic] = OrderedDict()

    @property
    def name(self) -> str:
        """`offline`."""
        return "offline"

    async def turn(self, request: TurnRequest) -> Proposal:
        """What the turn was for, what it shows and asks for, and the move to make. Never away."""
        return self.propose(request)

    def propose(self, request: TurnRequest) -> Proposal:
        """`turn` without waiting: a pure function of the request."""
        question = request.question
        matcher = matcher_for(question)
        challenged = request.open.kind in _CHALLENGES and question.challenge is not None
        reasoned = challenged and gives_reason(matcher, question, request.said)
        reading = read(
            tuple(sentence.text for sentence in request.said) or ((request.text,) if request.text.strip() else ()),
            self._topic(question),
            challenged=challenged,
            reasoned=reasoned,
            names=frozenset(re.findall(r"\w+", request.persona.name.lower())),
        )
        facts = () if reading.broad else asked_for(matcher, question.facts, reading.asks)
        intent = reading.intent
        if not facts and not reading.broad and self._topic(question).role_play and _bargains(intent, reading):
            intent = Intent.ANSWER
        shown = self._shown(matcher, request, intent, reading) if intent in _EVIDENCE else {}
        reasoned = reasoned and intent in _EVIDENCE
        move = _choose(request, intent, reading, shown, reasoned)
        flags = ("injection",) if reading.aimed else ()
        return Proposal(intent, move, shown, facts, reasoned, flags=flags)

    def _topic(self, question: Question) -> Topic:
        key = (question.id, question.prompt)
        topic = self._topics.get(key)
        if topic is None:
            topic = self._topics[key] = Topic(question)
            if len(self._topics) > _TOPICS_KEPT:
                self._topics.popitem(last=False)
        return topic

    def _shown(
        self, matcher: Matcher, request: TurnRequest, intent: Intent, reading: Reading
    ) -> dict[str, tuple[int, ...]]:
        """The checks that the new sentences show, alone or together with what was said just before."""
        left = [sentence for index, sentence in enumerate(request.said) if index not in reading.aimed]
        new = screen(request.question, left).evidence
        # What a correction replaces may be what stood before it, so the correction speaks for itself.
        before = () if intent is Intent.CORRECT else request.earlier[-CONTEXT:]
        numbers = {sentence.number for sentence in new}
        shown: dict[str, tuple[int, ...]] = {}
        if not new:
            return shown
        for check in request.question.checks:
            if check.id in request.shown:
                continue
            match = matcher.check(check, (*before, *new))
            if match.verdict is Verdict.COVERED and numbers.intersection(match.sentences):
                shown[check.id] = match.sentences
        return shown


def _bargains(intent: Intent, reading: Reading) -> bool:
    """Whether a question across a negotiating table is part of the offer rather than a request for information."""
    return intent is Intent.BOTH or (intent is Intent.CLARIFY and any(_BARGAIN.search(ask) for ask in reading.asks))


def asked_for(matcher: Matcher, facts: Iterable[Fact], asks: Iterable[str]) -> tuple[str, ...]:
    """The ids of the facts that some questions ask for: for each question the one that fits best, if it fits."""
    found: dict[str, None] = {}
    for ask in asks:
        scored = [(_fit(matcher, fact, ask), -place, fact.id) for place, fact in enumerate(facts)]
        best = max(scored, default=(0.0, 0, ""))
        if best[0] >= ASKED_AT:
            found[best[2]] = None
    return tuple(found)


def _fit(matcher: Matcher, fact: Fact, ask: str) -> float:
    """How well a question asks for a fact: how much of an authored way to ask it says, and how much of it is about the fact."""
    whole = " ".join((*fact.asked_by, fact.text))
    said, _ = matcher.best(ask, fact.asked_by)
    if not said:
        return 0.0
    ways = [_about(matcher, ask, matcher.concepts(way)) for way in fact.asked_by]
    about, near = max(ways), _about(matcher, ask, matcher.concepts(whole))
    shared = _shared_words(ask, whole)
    fit = max(0.7 * said + 0.3 * near, 0.3 * said + 0.7 * about, 0.5 * said + 0.5 * near)
    # Related terms alone ("budget" for a question about payments) are too little to give something away.
    return fit + 0.08 * min(shared - 1, 3) if shared else 0.68 * fit


def _about(matcher: Matcher, ask: str, names: frozenset[str]) -> float:
    """How much of a question, 0 to 1, is about things that go by these names."""
    got = total = 0.0
    for unit in matcher.units(ask):
        weight = 0.4 if all(stem in _UNTELLING for stem in unit.stems) else 1.0
        total += weight
        if all(stem in names for stem in unit.stems):
            got += weight
        elif unit.concepts & names:
            got += 0.9 * weight
    return got / total if total else 0.0


def gives_reason(matcher: Matcher, question: Question, said: Iterable[Sentence]) -> bool:
    """Whether what was said holds one of the reasons that settle the question's challenge."""
    challenge = question.challenge
    if challenge is None:
        return False
    texts = [sentence.text for sentence in said]
    claimed = f"{challenge.text} {challenge.hold}"
    for span in (*texts, *(f"{one} {two}" for one, two in pairwise(texts))):
        fit, index = matcher.best(span, challenge.yields_to)
        # Words of the claim itself come back in any push-back, so they make no reason.
        if fit >= REASON_AT and _shared_words(span, challenge.yields_to[index], claimed) >= (
            1 if fit >= SURE_AT else 2
        ):
            return True
    return False


def _shared_words(one: str, other: str, without: str = "") -> int:
    """How many telling words two texts share, slips of the pen forgiven."""
    left, right = _telling(one) - _telling(without), _telling(other)
    return sum(
        word in right or (len(word) > 4 and any(len(known) > 4 and OSA.distance(word, known) < 2 for known in right))
        for word in left
    )


@lru_cache(maxsize=1024)
def _telling(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in words(text) if is_content(word) and word.stem not in _UNTELLING)


def _choose(request: TurnRequest, intent: Intent, reading: Reading, shown: Iterable[str], reasoned: bool) -> Move:
    """The offered move that fits; the best that leads on when there is none."""
    onward = next((move for move in request.moves if _leads_on(move, frozenset(shown))), request.moves[0])

    def offered(kind: MoveKind, target: str = "") -> Move:
        return next((move for move in request.moves if move.kind is kind and move.target == target), onward)

    if intent in ASIDES:
        return offered(MoveKind.REDIRECT, ASIDES[intent])
    if intent is Intent.NO_IDEA:
        return offered(MoveKind.REDIRECT, "no_idea")
    if intent in {Intent.CLARIFY, Intent.BOTH}:
        broad = reading.broad and intent is Intent.CLARIFY
        return offered(MoveKind.REDIRECT, "one_thing") if broad else offered(MoveKind.CLARIFY)
    if intent is Intent.CORRECT:
        return offered(MoveKind.ACKNOWLEDGE)
    if intent is Intent.HINT:
        return next((move for move in request.moves if move.kind is MoveKind.HINT), onward)
    if reasoned:
        return offered(MoveKind.CONCEDE)
    if intent is Intent.PUSH_BACK:
        return offered(MoveKind.HOLD)
    return onward


def _leads_on(move: Move, shown: frozenset[str]) -> bool:
    if move.kind is MoveKind.PROBE:
        return move.target not in shown
    return move.kind in ADVANCING and move.kind is not MoveKind.CONCEDE
