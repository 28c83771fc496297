"""A candidate's words made plain for reading intents: one spelling, contractions written out, split into clauses.

Plain text is only looked at, never quoted. Matching what was said with what was authored is `matching`'s work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.models.offline.text import clean


def _listed(names: str) -> frozenset[str]:
    return frozenset(names.split())


_WRITTEN_OUT = {
    "dont": "do not", "doesnt": "does not", "didnt": "did not", "wouldnt": "would not", "couldnt": "could not",
    "shouldnt": "should not", "isnt": "is not", "arent": "are not", "wasnt": "was not", "werent": "were not",
    "cant": "can not", "cannot": "can not", "wont": "will not", "havent": "have not", "hasnt": "has not",
    "hadnt": "had not", "aint": "is not", "im": "i am", "ive": "i have", "id": "i would", "ill": "i will",
    "youre": "you are", "theyre": "they are", "weve": "we have", "thats": "that is", "whats": "what is",
    "wheres": "where is", "whos": "who is", "hows": "how is", "theres": "there is", "lets": "let us",
    "wanna": "want to", "gonna": "going to", "gimme": "give me", "lemme": "let me", "dunno": "do not know",
    "idk": "i do not know", "idc": "i do not care", "u": "you", "ur": "your", "r": "are", "pls": "please",
    "plz": "please", "plss": "please", "thx": "thanks", "ty": "thank you", "tbh": "honestly", "btw": "by the way",
    "bc": "because", "cos": "because", "cuz": "because", "wat": "what", "wht": "what", "hwat": "what",
    "wich": "which", "whch": "which", "hwo": "how", "teh": "the", "nope": "no", "nah": "no", "yep": "yes",
    "yup": "yes", "couldve": "could have", "wouldve": "would have", "tho": "though", "rn": "right now",
    "ppl": "people", "sec": "second", "qn": "question", "q": "question",
}  # fmt: skip
_ENDINGS = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'d", " would"), ("'m", " am"))
_MARKS_KEPT = frozenset("?.!;:,\n")
_IS = _listed("someone somebody everyone what who where how when why that there it he she here let")
_CUE_WORDS = _listed(
    """
    question questions answer repeat interview instructions previous ignore rubric scorecard criteria please minutes
    should would could which there know what next time hint nudge thanks hello something another anything everything
    sorry stuck recently correction scratch disagree actually rephrase pause disregard
    """
)
_KNOWN = _CUE_WORDS | _listed(
    """
    pleased pleases repeats repeated interviews instruction previously ignored ignores answers answered answering
    shoulder cold mold knows known knew now text nest tome times timed thin hints thank hell someone paused pauses
    causes cause questioned stick stack struck moulds coulds minute than then them these three where here hers
    actual correlation corrections witch switch nothing everyone anyone somebody
    """
)
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|\d[\d.,]*\d|[?.!;:,()\n*–—]|(?<=\s)-(?=\s)|[<>\[\]/\"]")
_ASKS = (
    r"(?:do|does|did|have|can|could|will|would|should|shall|may|might|am) (?:not )?(?:i|we|you|they|it|he"
    r"|she|there|the|this|that|these|those|any\w*|some\w*|people|our|my|your)\b"
    r"|(?:is|are|was|were|does|did|has) (?!not\b|to\b|just\b|been\b|a rollback\b|what\b|how\b"
    r"|when\b)(?!(?!anything|something|everything)\w+ing\b)\w+"
    r"|how (?:many|much|long|often|big|large|old|bad|severe|far|quickly|fast|do|does|did|is|are|was|were|can"
    r"|could|would|will|should|come)\b"
    r"|(?!what (?:is|was) (?:\w+ )?(?:interesting|important|key|clear|odd|strange|striking|missing|left|tricky"
    r"|hard|worrying|critical) )(?:what|which|who|when|where|why) (?:exactly )?(?:is|are|was|were|do|does|did"
    r"|has|have|had|can|could"
    r"|will|would|should|changed|happened|else|kind|sort|type|percentage|share|proportion|fraction)\b"
    r"|(?:what|which) \w+ (?:\w+ )?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would"
    r"|should) (?:i|we|you|they|it|there|this|that|the)\b"
    r"|who (?:owns|checks|uses|approves|decides|reports|complain\w+)\b(?=[^,.]*\?)|am i\b|should i assume\b"
)
_RELATIVE = re.compile(r"^(?:and |but |so |or |also )*(?:what|which|who|when|where|why|how)\b")
_WH = r"(?:what|which|who|whose|when|where|why|how|any|anyone|anybody)\b"
_ASK = re.compile(rf"^(?:{_ASKS})")
_OPEN_ASK = re.compile(rf"^(?:{_ASKS}|{_WH})")
_JOIN = r"(?:and|but|so|also|ok|okay|then|plus|um|uh|well|or|oh|thanks|by the way|before i start)"
_EMBEDS = re.compile(
    r"\b(?:ask|asking|know|knowing|tell|see|understand|find out|say|check|explain|figure out|decide|learn|show"
    r"|whether|what|which|who|how|where|test|measure|look at|define|map|on)\b"
)
"""Words after which "and who was affected" is part of a statement."""
_SPLIT = re.compile(
    rf"(?:\s*[;:.!–—-]\s+|\s*,\s*)(?=(?:{_JOIN} )*(?:{_ASKS}|can you|tell me))|\s+(?=(?:{_JOIN} )+(?:{_ASKS}))"
)
_SPLIT_ASKED = re.compile(
    rf"\s*[;:–—]\s+|\s+-\s+|\s*,\s*(?=(?:{_JOIN} )*(?:{_ASKS}|{_WH}|tell me))|\s+(?=(?:{_JOIN} )+(?:{_ASKS}"
    rf"|what (?!i|we)\w+|which|who))"
)
_PADDING = re.compile(
    r"^(?:(?:sorry|hi|hello|hey|hiya|hi there|ok|okay|so|um+|uh+|er|erm|well|hm+|right|thanks|thank you|cheers"
    r"|great|sure|yes|yeah|please|oh|ah|alright|cool|got it|like|just|also|and|but|then|plus|now|one more|or"
    r"|lol|haha|"
    r"actually|basically|honestly|good question|interesting|quick(?: clarifying| little)? (?:question|one"
    r"|clarification|check)|(?:a |one |another |my |first |second |last )?(?:clarifying )?question"
    r"|(?:just )?to (?:clarify|confirm|be clear|check)|first(?:ly| of all)?|"
    r"second(?:ly)?|finally|lastly|before (?:i|we) (?:answer|start|begin|dive in|jump in|guess|go|get going"
    r"|commit|go on|continue)(?: on| in| with this)?|thanks for (?:the|that|your) (?:question|explanation"
    r"|context)|"
    r"by the way|may i (?:ask|check|know)|can i (?:ask|check|just ask|quickly ask)|could i (?:ask|check"
    r"|trouble you for|please know)|let me ask|i have (?:a|two|some|one|three|a few|a quick|another"
    r"|one more) (?:quick |clarifying )?questions?|maybe|perhaps|out of curiosity|again|"
    r"if i may|with your permission|for context|you know|i mean|one thing)(?: |$))+"
)
_MARKS = re.compile(r"[^\w\s]")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence: its plain words, whether it is put as a question, and the index of its sentence."""

    text: str
    asks: bool
    sentence: int


@lru_cache(maxsize=4096)
def _word(token: str) -> str:
    """One lower-case token written out, slips in the words that carry an intent mended."""
    if "'" in token:
        for ending, full in _ENDINGS:
            if token.endswith(ending):
                stem = {"ca": "can", "wo": "will", "ai": "is", "sha": "shall"}.get(
                    token[: -len(ending)], token[: -len(ending)]
                )
                return stem + full
        head, _, tail = token.partition("'")
        if tail == "s":
            return ("let us" if head == "let" else head + " is") if head in _IS else head + "s"
        token = head + tail
    if token in _WRITTEN_OUT:
        return _WRITTEN_OUT[token]
    if len(token) < 4 or token in _KNOWN or token.isdigit():
        return token
    for cue in sorted(_CUE_WORDS):
        if abs(len(cue) - len(token)) > 1:
            continue
        swapped = sorted(cue) == sorted(token)
        if len(cue) <= 5 and not swapped:
            continue
        # A letter too many or too few at the end is a form of the word, not a slip.
        if (
            OSA.distance(token, cue) <= (2 if len(cue) >= 8 else 1)
            and (swapped or token[-1] == cue[-1])
            and token[0] in cue[:2]
        ):
            return cue
    return token


def plain(text: str) -> str:
    """Lower case, contractions and chat spellings written out, one space between tokens, punctuation that parts clauses kept."""
    lowered = clean(text).lower()
    out: list[str] = []
    for found in _TOKEN.findall(lowered):
        if found[0].isalnum():
            out.append(" " + _word(found))
        elif found in _MARKS_KEPT:
            out.append(found)
        else:
            out.append(" " + found)
    return "".join(out).strip()


def bare(text: str) -> str:
    """Plain text without any punctuation."""
    return " ".join(_MARKS.sub(" ", text).split())


def clauses(sentences: tuple[str, ...]) -> tuple[Clause, ...]:
    """The clauses of some sentences in order. A question joined to a statement, with or without punctuation, stands alone."""
    found: list[Clause] = []
    for index, sentence in enumerate(sentences):
        text = plain(sentence)
        asked = text.rstrip(' )"].').endswith("?")
        parts = _parts(text, asked)
        for place, part in enumerate(parts):
            words = bare(part)
            head = unpadded(words)
            # In a sentence with a question mark, its last part is the question, and so is any part put as one.
            asks = bool(_ASK.match(head)) or (asked and (place == len(parts) - 1 or bool(_OPEN_ASK.match(head))))
            found.append(Clause(words, asks, index))
    return tuple(found)


def _parts(text: str, asked: bool) -> list[str]:
    """A sentence cut where a question may begin; a cut inside a statement about questions is mended."""
    if text.endswith("."):
        return [text]  # who sets full stops sets question marks too
    parts: list[str] = []
    for part in (_SPLIT_ASKED if asked else _SPLIT).split(text):
        if not bare(part):
            continue
        if (
            parts
            and not asked
            and _RELATIVE.match(bare(part))
            and (bare(part).startswith("which") or _EMBEDS.search(parts[-1]))
        ):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return parts


def is_padding(words: str) -> bool:
    """Whether a clause is nothing but what people say before what they want to say."""
    return not _PADDING.sub("", words + " ").strip()


def unpadded(words: str) -> str:
    """A clause without what people say before what they want to say; the clause itself when nothing else is left."""
    stripped = _PADDING.sub("", words + " ").strip()
    return stripped or words
