"""Reading a mind's words before a person does: one question, no verdict, nothing given away, not too long.

Authored words pass by construction (lint reads them when they are written); only a model's own wording comes through here.
A refused wording is named with its reason, so that a mind may try once more. What moves are allowed is `rules`' concern.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.library.items import Question

LIMIT = 600
"""Longest wording of a mind, in characters: an interviewer's turn is one to three sentences."""

RUN = 4
"""So many content words in a row, in the order of a text the candidate must not see, give it away."""

_VERDICT = re.compile(
    r"\b(?:great|excellent|perfect|fantastic|awesome|brilliant|superb|impressive|wonderful|amazing|nice(?:ly)?|"
    r"well done|good (?:answer|point|job|catch|thinking|question|start|instinct|call|idea|one)|strong (?:answer|point|start)|"
    r"solid|spot on|exactly right|that(?:'|’)?s (?:right|correct|wrong|incorrect|true)|you(?:'|’)?re (?:right|wrong|correct)|"
    r"correct(?:ly)?|incorrect|not quite|love (?:that|it|how)|i like|makes sense|weak(?: answer)?|bad answer|"
    r"your score|full marks|out of (?:5|five|10|ten)|rubric|criteri(?:on|a)|scorecard|model answer|checklist)\b",
    re.IGNORECASE,
)

_COMMON = frozenset(
    """a an and are as at be been but by can could do does did for from had has have how i if in into is it its just me my no
    not of off on one or our out over say says so some than that the their them then there they this to too up us was we were
    what when where which who why will with would you your about after before first more most any all next much many
    """.split()  # noqa: SIM905 - a list of words reads better as words
)


def problems(wording: str, heard: Iterable[str], secret: Iterable[str]) -> tuple[str, ...]:
    """Why these words must not reach a person; empty when they may.

    `heard` are texts the candidate knows (prompt, transcript, the move's authored words); `secret` are texts they must not
    be told. Reasons are written for the mind that gets to try again.
    """
    found: list[str] = []
    if not wording.strip():
        return ("It is empty.",)
    if len(wording) > LIMIT:
        found.append(f"It is {len(wording)} characters long; at most {LIMIT}.")
    asked = wording.count("?") + wording.count("？")
    if asked != 1:
        found.append(f"It asks {asked} questions; ask exactly one, with one question mark.")
    verdict = _VERDICT.search(wording)
    known = " ".join(heard)
    if verdict and verdict[0].lower() not in known.lower():
        found.append(f"It judges or speaks of the grading ({verdict[0]!r}); stay neutral.")
    if leaked(wording, known, secret):
        found.append("It gives away something the candidate has not said or asked for.")
    if any(unicodedata.category(char) in {"Cc", "Cf", "Co"} and char not in "\n\t" for char in wording):
        found.append("It holds control characters.")
    return tuple(found)


def secrets(question: Question, revealed: Iterable[str], given: Iterable[str]) -> tuple[str, ...]:
    """Everything of a question that must not be told now: what is looked for, and facts neither revealed nor being given."""
    open_facts = {*revealed, *given}
    texts: list[str] = [fact.text for fact in question.facts if fact.id not in open_facts]
    for criterion in question.criteria:
        texts += [criterion.anchors.three, criterion.anchors.five]
        for check in criterion.checks:
            texts += [check.says, check.next, *check.phrasings]
    if question.challenge is not None:
        texts += question.challenge.yields_to
    texts += [question.exemplars.adequate, question.exemplars.outstanding]
    return tuple(texts)


def leaked(wording: str, heard: str, secret: Iterable[str]) -> bool:
    """Whether a run of content words of a secret text stands in the wording without being known to the candidate."""
    known = _runs(heard)
    told = _runs(wording) - known
    return any(told & _runs(text) for text in secret) if told else False


def _runs(text: str) -> set[tuple[str, ...]]:
    words = content_words(text)
    return {tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}


def content_words(text: str) -> list[str]:
    """The words of a text that carry meaning, lower-cased and without plural endings."""
    found = re.findall(r"[a-z0-9]+(?:['’][a-z]+)?", text.lower())
    return [_singular(word) for word in found if word not in _COMMON]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
