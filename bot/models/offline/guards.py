"""What may not count as evidence, and what is wrong with an answer as a whole: pure checks made before any matching.

They take sentences out and raise flags; they never lower what the honest rest earns, except that an answer which is about
something else altogether, or in another language, is not matched at all. Sentences aimed at the grader are `injection`'s.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.interview.evidence import Sentence, split
from bot.library.items import Question
from bot.models.offline.injection import injected, is_injection
from bot.models.offline.lexicon import FOREIGN, NEGATORS, OWN_SHARE, STOP, VERBS, WEAK
from bot.models.offline.text import clean, is_content, telling, words

__all__ = [
    "MOST_CHARACTERS",
    "Screened",
    "are_stuffing",
    "is_echo",
    "is_empty",
    "is_foreign",
    "is_injection",
    "is_no_idea",
    "is_off_topic",
    "is_other_language",
    "is_stuffing",
    "screen",
]

MOST_CHARACTERS = 14_000
"""An answer is looked at up to here: its beginning and its end."""
_TAIL_CHARACTERS = 2_000

_NO_IDEA = re.compile(
    r"^(?:(?:sorry|um+|uh+|hm+|well|ok(?:ay)?|so|honestly|to be honest|tbh|frankly|actually|no|nope|oh|ah|"
    r"yeah|and|but|really|this one|at all|"
    r"right now|either|though|pass|skip|next|help|dunno|idk|no idea|no clue|not a clue|clueless|beats me|search me|"
    r"i(?:'m| am) (?:not sure|unsure|stuck|lost|blank(?:ing)?|drawing a blank|clueless|out of (?:ideas|my "
    r"depth)|afraid|sorry|not certain)|my mind is blank|"
    r"i (?:really |honestly |just |simply |truly |still |also )*(?:do not|don't|dont|didn't|can't|cannot|"
    r"could not|couldn't|wouldn't|would not|won't) "
    r"(?:really |honestly |even |actually |have (?:a|any|the) |want to |be able to )*(?:know|idea|clue|"
    r"remember|recall|think of (?:anything|it|one)|"
    r"say|tell|answer(?: (?:that|this|it))?|guess|help|understand)|i have (?:no|not the|zero|absolutely "
    r"no) (?:idea|clue|answer|faintest|foggiest|thoughts?)(?: idea)?|"
    r"i give up|i(?:'d| would) (?:rather )?(?:have to )?pass|never (?:heard of|done|thought about) (?:it|"
    r"this|that)|no comment|nothing comes to mind|"
    r"what (?:to (?:say|do)|this is|that is|it is|that means|you mean)|how to (?:answer|do|start)(?: "
    r"(?:this|that|it))?|about (?:this|that|it)|the answer|where to start|"
    r"that|this|it|what|how|yet|here|sir|please|can we move on|let's move on|move on)\W*)+$",
    re.IGNORECASE,
)
_TOO_FEW = 12
_FAR, _NEAR = 0.27, 0.42
"""Share of an answer's telling words from which it begins to be about a question, and from which it is."""
_ANY_FOREIGN = frozenset().union(*FOREIGN)
_SMALL = STOP | WEAK | NEGATORS
_SPEAKER = {"i": "you", "we": "you", "my": "your", "our": "your", "me": "you", "us": "you"}
_HEADINGS = re.compile(r"[,;/|•·\n]+|\s[-–—>]+\s")


@dataclass(frozen=True, slots=True)
class Screened:
    """What is left of an answer: the sentences that may be evidence, and flags about the whole."""

    evidence: tuple[Sentence, ...]
    flags: tuple[str, ...]
    about: float = 1.0
    """How far what is left is about this question rather than another, 0 to 1; 1 for an answer too short to tell."""


def screen(question: Question, sentences: Sequence[Sentence]) -> Screened:
    """Take out what may not be evidence. Flags, in this order: injection, other_language, empty, no_idea, echo, stuffing,
    off_topic."""
    prompt = "\n".join((question.prompt, *(note.adds for note in question.by_level.values())))
    flags: list[str] = []
    left = list(_within_reach(sentences))
    aimed = injected([sentence.text for sentence in left])
    if any(aimed):
        flags.append("injection")
        left = [sentence for sentence, marked in zip(left, aimed, strict=True) if not marked]
    foreign = [is_foreign(sentence.text) for sentence in left]
    if sum(_length(s) for s, marked in zip(left, foreign, strict=True) if marked) * 10 >= sum(map(_length, left)) > 0:
        flags.append("other_language")
    left = [sentence for sentence, marked in zip(left, foreign, strict=True) if not marked]
    if not flags and is_empty(" ".join(sentence.text for sentence in left)):
        return Screened((), ("empty",))
    if left and all(is_no_idea(sentence.text) for sentence in left):
        return Screened((), (*flags, "no_idea"))
    said = [sentence for sentence in left if not is_no_idea(sentence.text)]
    echoes = [is_echo(sentence.text, prompt) for sentence in said]
    if said and sum(_length(s) for s, echo in zip(said, echoes, strict=True) if echo) * 2 >= sum(map(_length, said)):
        flags.append("echo")
    said = [sentence for sentence, echo in zip(said, echoes, strict=True) if not echo]
    stuffed = are_stuffing([sentence.text for sentence in said])
    if any(stuffed):
        flags.append("stuffing")
    said = [sentence for sentence, marked in zip(said, stuffed, strict=True) if not marked]
    if said and are_off_topic([sentence.text for sentence in said], question):
        return Screened((), (*flags, "off_topic"))
    return Screened(tuple(said), tuple(flags), how_near([sentence.text for sentence in said], question))


def is_empty(text: str) -> bool:
    """Whether a text says nothing at all: no word of two letters, no number."""
    return not re.search(r"[^\W\d_]{2}|\d", clean(text))


def is_no_idea(text: str) -> bool:
    """Whether a text is only some form of "I don't know"; an honest "I don't know X, so I'd ask Y" is not."""
    plain = re.sub(r"[^\w' ]+", " ", clean(text)).strip()
    return bool(plain) and bool(_NO_IDEA.match(re.sub(r"\s+", " ", plain)))


def is_echo(text: str, prompt: str) -> bool:
    """Whether a text restates the question: mostly runs of its words, or nothing but its words."""
    stems, runs = _prompt(prompt)
    read = words(text)
    content = [word.stem for word in read if is_content(word)]
    if len(content) < 2:
        return False
    said = [_SPEAKER.get(word.text, word.text) for word in read]
    covered: set[int] = set()
    for start, run in enumerate(zip(said, said[1:], said[2:], said[3:], strict=False)):
        if run in runs:
            covered.update(range(start, start + 4))
    if len(covered) >= 0.6 * len(said):
        return True
    return len(content) >= 6 and sum(stem in stems for stem in content) >= 0.92 * len(content)


def are_stuffing(sentences: Sequence[str]) -> tuple[bool, ...]:
    """For each sentence whether it lists terms and asserts nothing. Bare terms on lines of their own count together."""
    bare = [_is_bare(sentence) for sentence in sentences]
    together = sum(bare) >= 5 and sum(bare) * 2 >= len(sentences)
    return tuple((alone and together) or is_stuffing(sentence) for sentence, alone in zip(sentences, bare, strict=True))


_GLUE = frozenset(
    {
        "the",
        "a",
        "an",
        "to",
        "of",
        "and",
        "or",
        "but",
        "so",
        "i",
        "we",
        "you",
        "they",
        "it",
        "that",
        "this",
        "is",
        "are",
        "be",
    }
    | {
        "would",
        "could",
        "should",
        "not",
        "in",
        "on",
        "at",
        "for",
        "with",
        "by",
        "as",
        "if",
        "then",
        "my",
        "our",
        "their",
    }
)


def is_stuffing(sentence: str) -> bool:
    """Whether a sentence is a list of terms: hardly any small words or verbs, in short bits or one long string."""
    read = words(sentence)
    if len(read) < 7:
        return False
    small = sum(word.text in _SMALL or word.text[:1].isdigit() for word in read) / len(read)
    bits = [bit for bit in _HEADINGS.split(clean(sentence)) if bit.strip()]
    if len(bits) >= 6 and len(read) / len(bits) <= 2.6:
        return small < 0.3 and _doing(bits) < 0.35
    verbs = sum(word.stem in VERBS for word in read) / len(read)
    if len(bits) == 1 and len(read) >= 9 and small < 0.1:
        return verbs < 0.3  # half of all terms look like verbs: release, approval, monitoring
    if len(bits) == 1 and len(read) >= 15 and not any(word.text in _GLUE for word in read):
        return True  # nobody says fifteen words in a row without one of these
    # Reading every bit takes longest, so it is asked last.
    return len(read) >= 9 and small < 0.13 and verbs < 0.12 and _doing(bits) < 0.35


def _doing(bits: Sequence[str]) -> float:
    return sum(_starts_with_verb(bit) for bit in bits) / len(bits)


def is_foreign(sentence: str) -> bool:
    """Whether a sentence is not English, by its script or by its small words."""
    text = clean(sentence)
    if not text.isascii():
        letters = [char for char in text if char.isalpha()]
        other = sum(ord(char) > 0x2AF for char in letters)
        if other >= 4 and other > 0.3 * len(letters):
            return True
    read = [found.lower() for found in re.findall(r"[^\W\d_]+", text)]
    if len(read) < 3 or sum(len(word) > 1 and word in _ANY_FOREIGN for word in read) < 2:
        return False
    english = sum(word in STOP for word in read)
    best = max(sum(len(word) > 1 and word in listed for word in read) for listed in FOREIGN)
    return best >= 2 and best > 1.4 * english and best >= 0.16 * len(read)


def is_other_language(text: str) -> bool:
    """Whether most of a text is not English."""
    parts = split(text)
    foreign = sum(len(part) for part in parts if is_foreign(part))
    return foreign * 2 > sum(map(len, parts))


def how_near(sentences: Sequence[str], question: Question) -> float:
    """How far sentences speak of what the question is about, 0 to 1, going by the words that few questions share.

    A good answer to another question has many of the terms of this one, since the trade is the same, but not its own.
    """
    said = frozenset().union(*map(telling, sentences))
    if len(said) < _TOO_FEW:
        return 1.0
    vocabulary = _vocabulary(question)
    whole = sum(OWN_SHARE.get(stem, 1.0) for stem in said)
    own = sum(OWN_SHARE.get(stem, 1.0) for stem in said & vocabulary)
    return min(max((own / whole - _FAR) / (_NEAR - _FAR), 0.0), 1.0)


def is_off_topic(text: str, question: Question) -> bool:
    """Whether fluent prose is about something else: few of its words are the item's, and no sentence is made of them."""
    return are_off_topic(split(text), question)


def are_off_topic(sentences: Sequence[str], question: Question) -> bool:
    """Whether sentences, taken together, are about something else."""
    vocabulary = _vocabulary(question)
    said = [telling(sentence) for sentence in sentences]
    content = frozenset().union(*said)
    if len(content) < 12 or len(content & vocabulary) >= 0.25 * len(content):
        return False
    return not any(len(stems & vocabulary) >= max(3, 0.5 * len(stems)) for stems in said)


def _texts(question: Question) -> tuple[str, ...]:
    return (
        question.title,
        question.prompt,
        *(fact.text for fact in question.facts),
        *(phrase for check in question.checks for phrase in (*check.phrasings, check.says, check.next)),
        question.exemplars.adequate,
        question.exemplars.outstanding,
    )


def _vocabulary(question: Question) -> frozenset[str]:
    """Every telling stem of a question's texts, kept for the questions used last."""
    held = _vocabularies.get(id(question))
    if held is None or held[0] is not question:
        held = _vocabularies[id(question)] = (question, frozenset().union(*map(telling, _texts(question))))
        if len(_vocabularies) > 32:
            _vocabularies.popitem(last=False)
    return held[1]


_vocabularies: OrderedDict[int, tuple[Question, frozenset[str]]] = OrderedDict()


@lru_cache(maxsize=32)
def _prompt(text: str) -> tuple[frozenset[str], frozenset[tuple[str, ...]]]:
    """The content stems of a prompt, and every run of four words in it."""
    read = words(text)
    said = [_SPEAKER.get(word.text, word.text) for word in read]
    runs = frozenset(tuple(said[start : start + 4]) for start in range(len(said) - 3))
    return frozenset(word.stem for word in read if is_content(word)), runs


def _within_reach(sentences: Sequence[Sentence]) -> Sequence[Sentence]:
    if sum(map(_length, sentences)) <= MOST_CHARACTERS:
        return sentences
    head: list[Sentence] = []
    left = MOST_CHARACTERS - _TAIL_CHARACTERS
    for sentence in sentences:
        # A transcript without full stops is one sentence; as much of it as fits is still the candidate's words.
        head.append(replace(sentence, text=sentence.text[:left]))
        left -= _length(sentence)
        if left <= 0:
            break
    tail: list[Sentence] = []
    left = _TAIL_CHARACTERS
    for sentence in reversed(sentences[len(head) :]):
        left -= _length(sentence)
        if left < 0:
            break
        tail.append(sentence)
    return (*head, *reversed(tail))


def _length(sentence: Sentence) -> int:
    return len(sentence.text)


def _is_bare(sentence: str) -> bool:
    read = words(sentence)
    return len(read) <= 3 and not any(word.text in STOP for word in read) and not _starts_with_verb(sentence)


def _starts_with_verb(bit: str) -> bool:
    for word in words(bit):
        if word.text in STOP:
            continue
        return word.stem in VERBS and not word.text.endswith(("ing", "tion", "ment"))
    return False
