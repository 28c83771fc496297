"""The offline interviewer: reads a turn by rules and word matching, and chooses among the moves it is offered.

It puts nothing into words: every move comes with authored ones. What a turn was for is read by `intent`; what a check or a
fact matches is `matching`'s work. It cannot tell whether a reason is right, only that it is one of those the author named.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
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
from bot.models.offline.reading import Unit
from bot.models.offline.text import is_content, words
from bot.models.offline.thesaurus import compiled

ASKED_AT = 0.5
"""How well a question must match a fact for the fact to be given."""
AHEAD_BY = 0.05
"""How much better it must match than the next; a fact given for another tells what was not asked."""
_RARITY = (1.0, 1.0, 0.75, 0.55, 0.4)  # by how many facts speak of it
_SAID_SHARE = 0.15  # for an authored way to ask that is said more, or less, than by half
_WEAK, _WEAK_BUT_OWN = 0.4, 0.7  # a word that everybody says; one that only one fact has, as "team"
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

    def __init__(self, thesaurus: Mapping[str, Sequence[str]] | None = None) -> None:
        """`thesaurus` maps concepts to words, as the library reads them; the shipped one if there is none. Each question's
        vocabulary is read when it first comes up."""
        self._groups = thesaurus
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
        matcher = matcher_for(question, compiled(self._groups))
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
            topic = self._topics[key] = Topic(question, compiled(self._groups))
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
        unshown = [check for check in request.question.checks if check.id not in request.shown]
        for check, match in matcher.checks(unshown, (*before, *new)).items():
            if match.verdict is Verdict.COVERED and numbers.intersection(match.sentences):
                shown[check] = match.sentences
        return shown


def _bargains(intent: Intent, reading: Reading) -> bool:
    """Whether a question across a negotiating table is part of the offer rather than a request for information."""
    return intent is Intent.BOTH or (intent is Intent.CLARIFY and any(_BARGAIN.search(ask) for ask in reading.asks))


def asked_for(matcher: Matcher, facts: Iterable[Fact], asks: Iterable[str]) -> tuple[str, ...]:
    """The ids of the facts that some questions ask for: for each question the one that fits best, if it fits and no other
    fits nearly as well."""
    known = [(fact, " ".join((*fact.asked_by, fact.text))) for fact in facts]
    names = [matcher.concepts(whole) for _, whole in known]
    found: dict[str, None] = {}
    for ask in asks:
        weights = _weights(matcher.units(ask), names)
        scored = sorted(
            ((_fit(matcher, fact, whole, ask, weights), -place) for place, (fact, whole) in enumerate(known)),
            reverse=True,
        )
        if not scored or scored[0][0] < ASKED_AT:
            continue
        if len(scored) > 1 and scored[0][0] - scored[1][0] < AHEAD_BY:
            continue
        found[known[-scored[0][1]][0].id] = None
    return tuple(found)


def _weights(units: Iterable[Unit], names: Sequence[frozenset[str]]) -> dict[Unit, float]:
    """What each unit of a question tells about which fact is asked for: little where several facts speak of it."""
    weights = {}
    for unit in units:
        spoken_of = sum(_is_among(unit, known) > 0 for known in names)
        weights[unit] = _RARITY[min(spoken_of, len(_RARITY) - 1)]
        if all(stem in _UNTELLING for stem in unit.stems):
            weights[unit] *= _WEAK_BUT_OWN if spoken_of == 1 else _WEAK
    return weights


def _fit(matcher: Matcher, fact: Fact, whole: str, ask: str, weights: Mapping[Unit, float]) -> float:
    """How well a question asks for a fact: how much of an authored way to ask it says, and how much of it is about the fact."""
    said, _ = matcher.best(ask, fact.asked_by)
    if not said:
        return 0.0
    about = max(_about(weights, matcher.concepts(way)) for way in fact.asked_by)
    names = matcher.concepts(whole)
    fit = 0.3 * math.sqrt(said * about) + 0.5 * _about(weights, names)
    own = sum(weight >= _WEAK_BUT_OWN and _is_among(unit, names) == 1 for unit, weight in weights.items())
    shared = max(_shared_words(ask, whole), own)
    # Related terms alone ("budget" for a question about payments) are too little to give something away.
    return fit + 0.14 * min(shared - 1, 2) + _SAID_SHARE * (said - 0.5) if shared else fit - 0.1


def _about(weights: Mapping[Unit, float], names: frozenset[str]) -> float:
    """How much of a question, 0 to 1, is about things that go by these names."""
    total = sum(weights.values())
    return sum(weight * _is_among(unit, names) for unit, weight in weights.items()) / total if total else 0.0


def _is_among(unit: Unit, names: frozenset[str]) -> float:
    if all(stem in names for stem in unit.stems):
        return 1.0
    return 0.0 if unit.concepts.isdisjoint(names) else 0.9


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
