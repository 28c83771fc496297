"""What a candidate's turn was for, by rules: an answer unless there is positive evidence for something else.

The words by which people ask for things are in `cues`; which facts were asked for and which move follows is decided in
`interviewer`. A turn that holds anything of the case is never read as talk beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.interview.interviewer import Intent
from bot.library.items import Kind, Question
from bot.models.offline import cues, guards
from bot.models.offline.injection import injected
from bot.models.offline.lexicon import NEGATORS, WEAK
from bot.models.offline.plain import Clause, bare, clauses, is_padding, plain, unpadded
from bot.models.offline.text import Word, is_content, words
from bot.models.offline.thesaurus import Thesaurus, standard

_ASKING = re.compile(
    r"^(?:(?:can|could|would|will|may|might) (?:you|i|we) (?:\w+ ){0,2}?(?:tell|ask|know|show|share|give"
    r"|confirm|clarify|check|explain|see|find out|remind|mind telling)\b"
    r"|(?:do|did|does) (?:you|we|i|they|anyone|anybody) (?:\w+ )?(?:have|know|got)\b|i (?:would|do) (?:like"
    r"|love|wish) to (?:know|ask|understand|clarify|hear|check with)\b"
    r"|i am (?:just |also |really )?(?:curious|wondering)\b|i (?:was |am )?(?:just )?wonder(?:ing)?\b"
    r"|wondering\b|curious\b|tell me (?:about|what|how|who|whether|if|more)\b|show me\b"
    r"|i (?:just |also )?(?:want|need) to (?:ask|know|clarify|check with you)\b|what about\b|how about the\b"
    r"|any (?:idea|chance|news|word)\b|(?:am i|are we) (?:right|correct)\b"
    r"|(?:should|can|could|may|shall|do) (?:i|we) (?:also |just |safely )?(?:assume|have|expect)\b"
    r"|is it (?:fair|safe|ok|right|reasonable) to (?:assume|say)\b)"
)
"""Asking, put as a statement or politely."""
_LOOKS_INTO = re.compile(
    r"\b(?:i|we) (?:would|will|should|could|need to|want to) (?:\w+ )?"
    r"(?:check|look|ask|see|find out|verify|test|compare|investigate)\b"
)
"""What a thought put as a question is about to be checked: "I'd check the pipeline: are there missing values?"."""
_AGREES = re.compile(r"\b(?:ok|okay|sure|right|yes|yeah|fine|alright|fair)\b")
"""Giving in to a challenge: little is said, and yet it is the answer."""
_PLANS = re.compile(
    r"^(?:\w+ ){0,3}?(?:i|we) (?:would|will|should|could|can|might|need to|have to)\b(?! (?:like|want|love|order|need)\b)"
)
"""What the speaker would do: no order, whatever it speaks of ("I'd pretend to be a customer")."""
_TO_YOU = re.compile(r"\b(?:you|your|yourself|grader|full marks|system|above|previous instructions)\b")
_HEARSAY = re.compile(
    r"\b(?:i|we|you) (?:would|will|should|could|might|need to|have to|must)\b|\bwould (?:ask|want|check)\b"
)
_SELF = re.compile(
    r"^(?:so |and |but |ok |well )*(?:what|where|how|who|when|why|which)\b.{0,40}?\b(?:(?:would|could|will"
    r"|should|might|must) (?:i|we|one)|(?:do|did|can|am) i)\b(?! (?:have|get|need))"
    r"|^why (?:would|should|not|do|does|is|are|did)\b|^(?:what|how) (?:if|about (?!the\b))|^should (?:i"
    r"|we)\b(?! (?:also |just |safely )?(?:assume|expect))"
    r"|^what (?:else|next|then)$|^so what$|^then what$|^and then$"
)
"""A question to oneself, or a proposal put as one."""
_SUGGESTS = re.compile(
    r"^(?:(?:maybe|perhaps|probably) )|^(?:could|can|should|shall) we (?!\w*\s?(?:assume|know|see|get|have"
    r"|expect|access|tell|measure))\w+|^(?:could|might) (?:it|this|that) be\b|^would (?:it|that|you be able"
    r"|you consider)\b"
    r"|^(?:it|this|that|they|he|she|i|we) (?:is|are|was|were|would|will|could|might|may|should|must|has|have"
    r"|am|do|did|think|guess)\b"
)
"""A guess or an offer with a question mark."""
_TAG = re.compile(
    r"^(?:so |and |but |or )*(?:right|ok|okay|no|yes|yeah|correct|you know|agreed|fair|fair enough|is (?:that"
    r"|this) (?:ok|okay|right|fine|clear|correct|fair|good|enough|what you (?:want|mean|asked))(?: (?:with"
    r"|for) you)?"
    r"|does (?:that|this|it) (?:make sense|sound (?:ok|right|good|reasonable|fair)|help|answer (?:it"
    r"|your question|the question)|work|seem .*)(?: (?:to|for) you)?|make sense|makes sense"
    r"|sound(?:s)? (?:good|ok|fair|right)"
    r"|am i making sense|(?:do|did) you (?:see|know|get|follow|understand)(?: (?:what|me|where|that)\b.*)?"
    r"|what do you think|would you agree|is it not|are they not|no\b)$"
)
"""A small question that ends an answer."""
_TAKEN_UP = re.compile(
    r"^(?:if (?:so|not|yes|it|they|that|there|only)|assuming|depending|in that case|then i|i (?:suspect|would"
    r"|will|am|think|guess|believe)|my (?:guess|plan)|because i|otherwise|either way|in the meantime"
    r"|meanwhile)\b"
)
"""A statement that goes on from an open question without having answered it."""
_ANSWERS_IT = re.compile(
    r"^(?:because|probably|likely|i doubt|i think|i would say|yes|no|not|maybe|well|it|they|that|first)\b"
)
_ASSERTS = re.compile(
    r"\b(?:i|we|they|you|he|she|it|that|this|there) (?:would|will|should|could|can|must|need|want|think|guess"
    r"|suspect|am|are|is|was|were|have|has|had|might|do|did|believe|assume|know|start|look|check)\b|\bis\b"
    r"|\bare\b|\bwould\b|\bshould\b"
)


def _listed(names: str) -> frozenset[str]:
    return frozenset(names.split())


_ACTION = _listed(
    """
    check look stop pull compare roll freeze pause isolate hold revert sample tell write call test switch ask start
    measure split verify pay add set find run build send wait contain diff disable enable monitor talk define
    prioritise prioritize cut ship launch take use make get keep put turn move review map
    """
)
_WAITS_FOR = 50  # words after a question from which it was not meant to be answered
_EMPTY = WEAK | NEGATORS
_STORY = 12  # words from which talk without a word of the case can be told from a short answer
_WEAK_META = frozenset({Intent.NO_IDEA, Intent.DONE, Intent.GREETING, Intent.NOTHING, Intent.OFF_TOPIC})
_COMMANDS = {
    "hint": Intent.HINT, "skip": Intent.SKIP, "pass": Intent.SKIP, "skip this": Intent.SKIP, "skip it": Intent.SKIP,
    "stop": Intent.STOP, "quit": Intent.STOP, "exit": Intent.STOP, "pause": Intent.PAUSE, "time": Intent.TIME,
    "repeat": Intent.REPEAT, "next": Intent.WANTS_NEXT, "done": Intent.DONE, "help": Intent.HINT,
    "finish": Intent.STOP, "end": Intent.STOP,
}  # fmt: skip


class Topic:
    """The vocabulary of one drawn question: what makes a clause one about the case."""

    def __init__(self, question: Question, thesaurus: Thesaurus | None = None) -> None:
        """Reads every text of the question that a candidate may come near."""
        self._thesaurus = thesaurus or standard()
        self.prompt = question.prompt
        self.own_story = question.type is Kind.BEHAVIOURAL
        self.role_play = question.type is Kind.COMPENSATION
        texts = [question.prompt, question.title, *question.tags]
        for fact in question.facts:
            texts += [fact.text, *fact.asked_by]
        for check in question.checks:
            texts += [check.says, check.probe, *check.phrasings]
        if question.challenge is not None:
            texts += [question.challenge.text, *question.challenge.yields_to]
        if question.curveball is not None:
            texts.append(question.curveball.text)
        self._stems = frozenset(
            word.stem
            for text in texts
            for word in words(text)
            if is_content(word) and word.stem not in _EMPTY and not word.text.isdigit()
        )

    def touches(self, text: str) -> int:
        """How many different words of the case, or terms of the trade, a text holds."""
        read = words(text)
        return len(self._own(read)) or sum(
            any(is_content(read[place]) and read[place].stem not in _EMPTY for place in hit.at)
            for hit in self._thesaurus.find(read)
        )

    def own_words(self, text: str) -> int:
        """How many different words of the case a text holds."""
        return len(self._own(words(text)))

    def _own(self, read: tuple[Word, ...]) -> set[str]:
        return {word.stem for word in read if word.stem in self._stems}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a turn was for. `asks` are the plain clauses that ask about the case; `broad` says they ask for everything;
    `aimed` are indexes of sentences that address the machine and so are no evidence."""

    intent: Intent
    asks: tuple[str, ...] = ()
    broad: bool = False
    aimed: frozenset[int] = frozenset()


def read(
    sentences: tuple[str, ...],
    topic: Topic,
    *,
    challenged: bool = False,
    reasoned: bool = False,
    names: frozenset[str] = frozenset(),
) -> Reading:
    """What a turn was for. `challenged` says that a challenge is open, `reasoned` that these words give a reason against
    it, `names` are what the interviewer goes by."""
    text = "\n".join(sentences)
    if guards.is_empty(text):
        return Reading(Intent.NOTHING)
    command = _COMMANDS.get(bare(plain(text)).removesuffix(" please").strip())
    if command is not None:
        return Reading(command)
    aimed = _aimed(sentences)
    size = sum(map(len, sentences))
    if sum(len(sentence) for sentence in sentences if guards.is_foreign(sentence)) * 2 > size:
        return Reading(Intent.MANIPULATION if aimed else Intent.OTHER_LANGUAGE, aimed=aimed)
    parts = tuple(part for part in clauses(sentences) if part.sentence not in aimed)
    if aimed and not any(_is_solid(part, topic) for part in parts):
        return Reading(Intent.MANIPULATION, aimed=aimed)
    if sum(len(sentence) for sentence in sentences if guards.is_echo(sentence, topic.prompt)) > 0.8 * size:
        return Reading(Intent.ECHO)
    if corrects(parts):
        return Reading(Intent.CORRECT, aimed=aimed)
    if challenged and not reasoned and _pushes(parts):
        return Reading(Intent.PUSH_BACK, aimed=aimed)
    reading = _weighed(parts, topic, names, aimed)
    if challenged and reading.intent is Intent.NOTHING and any(_AGREES.search(part.text) for part in parts):
        return Reading(Intent.ANSWER, aimed=aimed)
    return reading


def _aimed(sentences: tuple[str, ...]) -> frozenset[int]:
    """The indexes of sentences that give orders to the interviewer or the grader; asking to see the rubric is none."""
    found = set()
    for index, marked in enumerate(injected(sentences)):
        said = bare(plain(sentences[index]))
        if _PLANS.match(said) and not _TO_YOU.search(said):
            continue
        if cues.ORDERS.search(said) or (marked and not any(cue.fits(said) for cue in cues.CUES)):
            found.add(index)
    return frozenset(found)


def corrects(parts: tuple[Clause, ...]) -> bool:
    """Whether a turn opens by taking something back."""
    return any(cues.CORRECTING.match(unpadded(part.text)) or cues.CORRECTING.match(part.text) for part in parts[:2])


def _pushes(parts: tuple[Clause, ...]) -> bool:
    """Insisting, appealing to who one is, or disagreeing without saying why."""
    text = " ".join(part.text for part in parts)
    count = len(text.split())
    opens = any(cues.PUSHING.match(part.text) for part in parts[:2])
    if not (opens or cues.AUTHORITY.search(text)) or any(part.asks for part in parts[1:]):
        return False
    argues = re.search(r"\b(?:because|since|otherwise|which means|so that|if|for example|the reason)\b", text)
    return count <= (9 if argues else 24)


def _weighed(parts: tuple[Clause, ...], topic: Topic, names: frozenset[str], aimed: frozenset[int]) -> Reading:
    """Each clause for itself, then the turn as a whole."""
    asks: list[str] = []
    said: list[Clause] = []
    metas: list[Intent] = []
    parts = tuple(part for part in parts if not is_padding(part.text)) or parts
    for place, part in enumerate(parts):
        meta = _request(part, topic, names)
        if meta is not None:
            metas.append(meta)
        elif _TAG.match(part.text) and (said or asks):
            continue
        elif _asks_about_case(part, parts, place, said):
            asks.append(unpadded(part.text))
        else:
            said.append(part)
    strong = [meta for meta in metas if meta not in _WEAK_META]
    solid = [part for part in said if _is_solid(part, topic)]
    if asks and said and not solid:
        said = [part for part in said if _is_more_than_a_lead(part)]
    if strong and not solid:
        said = [part for part in said if topic.touches(part.text) and _ASSERTS.search(part.text)]
    beside = _beside(parts, said, asks, topic)
    if beside:
        return Reading(Intent.OFF_TOPIC, aimed=aimed)
    if asks and said and _went_on(parts, asks):
        asks = []
    if asks:
        specific = tuple(ask for ask in asks if not cues.BROAD.search(ask))
        return Reading(Intent.BOTH if said else Intent.CLARIFY, specific, not specific and not said, aimed)
    if said:
        return Reading(Intent.ANSWER, aimed=aimed)
    order = [Intent.SKIP, *(cue.intent for cue in cues.CUES), Intent.OFF_TOPIC, Intent.NOTHING]
    return Reading(min(metas, key=order.index) if metas else Intent.ANSWER, aimed=aimed)


def _went_on(parts: tuple[Clause, ...], asks: list[str]) -> bool:
    """Whether so much was said after the last question that nobody waits for an answer to it."""
    last = max(place for place, part in enumerate(parts) if unpadded(part.text) in asks)
    return sum(len(part.text.split()) for part in parts[last + 1 :]) > _WAITS_FOR


def _request(part: Clause, topic: Topic, names: frozenset[str]) -> Intent | None:
    """What a clause asks for besides the case; None when it is about the case, as far as its wording tells."""
    head = unpadded(part.text)
    if _is_chat(part.text, topic):
        return None
    if part.text in _COMMANDS:
        return _COMMANDS[part.text]
    found: list[Intent] = [cue.intent for cue in cues.CUES if cue.fits(part.text, names) or cue.fits(head, names)]
    weak_only = all(intent in {Intent.NO_IDEA, Intent.DONE, Intent.GREETING} for intent in found)
    if weak_only and cues.THINKING.fits(part.text, names) and Intent.NO_IDEA not in found:
        return Intent.NOTHING
    if found:
        return found[0]
    if cues.CONFUSED.match(head) and len(head.split()) <= 12:
        return Intent.REPEAT
    if all(word in cues.FILLERS or word in names for word in part.text.split()):
        return Intent.NOTHING
    return None


def _asks_about_case(part: Clause, parts: tuple[Clause, ...], place: int, said: list[Clause]) -> bool:
    """Whether a clause asks the interviewer for something about the case, rather than being a thought put as a question."""
    head = unpadded(part.text)
    polite = bool(_ASKING.match(head))
    if not part.asks and not polite:
        return (
            bool(cues.BROAD.match(head)) and len(parts) == 1 and len(head.split()) <= 8 and not head.startswith("the ")
        )
    if not part.asks and len(parts) > 2 and said and _HEARSAY.search(head):
        return False
    before = parts[place - 1] if place else None
    if before is not None and before.sentence == part.sentence and _LOOKS_INTO.search(before.text):
        return False
    if polite:
        return True
    if _SELF.search(head) or _SUGGESTS.match(head) or _TAG.match(part.text):
        return False
    following = next((later for later in parts[place + 1 :] if later.sentence > part.sentence), None)
    if following is None or following.asks:
        return True
    if _TAKEN_UP.match(following.text):
        return True
    # A question with its answer right behind it was the speaker's own.
    return not (_ANSWERS_IT.match(following.text) or not _ASSERTS.search(following.text) or bool(said))


def _is_solid(part: Clause, topic: Topic) -> bool:
    return topic.touches(part.text) > 0 and _is_more_than_a_lead(part)


def _is_more_than_a_lead(part: Clause) -> bool:
    """Whether a clause says something, rather than leading up to a question ("and the other countries, ...")."""
    text = unpadded(part.text).split()
    return bool(_ASSERTS.search(part.text)) or any(word in _ACTION for word in text[:2]) or len(text) > 7


def _is_chat(text: str, topic: Topic) -> bool:
    """Rudeness, personal talk, errands; small talk unless the case itself is about such things."""
    if cues.PERSONAL.search(text) or cues.INSULT.search(text) or cues.INSULT.search(unpadded(text)):
        return True
    found = cues.SMALL_TALK.search(text)
    return found is not None and not topic.own_words(found[0])


def _beside(parts: tuple[Clause, ...], said: list[Clause], asks: list[str], topic: Topic) -> bool:
    """Talk beside the case: small talk or rudeness with nothing of the case in the turn, or a story from private life."""
    rest = [part for part in parts if not _is_chat(part.text, topic)]
    if len(rest) < len(parts):
        works = any(_HEARSAY.search(part.text) and not part.asks for part in parts)
        reports = any(len(part.text.split()) >= _STORY and topic.own_words(part.text) >= 2 for part in parts)
        return not works and not reports and not any(topic.own_words(part.text) for part in rest)
    if topic.own_story or not said:
        return False
    text = " ".join(part.text for part in parts)
    spoken = text.split()
    private = {word for word in spoken if word in cues.PRIVATE}
    return len(private) >= 2 and len(spoken) >= _STORY and not topic.own_words(text)
