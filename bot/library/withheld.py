"""What lint asks of a question about what is held back: checks and anchors nobody gives away, facts that are worth asking for.

Each rule is a generator of findings; the others are in `rules`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from bot.library import words
from bot.library.finding import Finding, Item, warning
from bot.library.items import fill
from bot.library.strict_yaml import Where
from bot.library.texts import Role, Text

_NUMBER = re.compile(r"\d[\d,.]*")
_DENIALS = frozenset(
    {"no", "not", "never", "none", "nobody", "nothing", "without", "isn't", "wasn't", "don't", "doesn't", "didn't"}
)


def giveaways(item: Item) -> Iterator[Finding]:
    """A text that should invite a check without saying it, but holds most of the words of one of its phrasings."""
    question = item.question
    known = frozenset().union(*(words.content(fill(question.prompt, values)) for values in item.variants))
    phrasings = {
        (criterion.id, check.id): [(phrasing, words.content(phrasing) - known) for phrasing in check.phrasings]
        for criterion in question.criteria
        for check in criterion.checks
    }
    about = set(question.curveball.checks) if question.curveball else set()
    for text in item.role(Role.PROBE, Role.FOLLOW_UP, Role.HINT, Role.CURVEBALL):
        if text.role is Role.HINT and text.where[-1] == 2:
            continue
        said = words.content(text.template)
        for (criterion, check), held in phrasings.items():
            if (
                (text.role is Role.PROBE and text.owner != check)
                or (text.role is Role.FOLLOW_UP and text.criterion != criterion)
                or (text.role is Role.CURVEBALL and about and check not in about)
            ):
                continue
            for phrasing, needed in held:
                if len(needed) >= 2 and len(needed & said) * 2 > len(needed):
                    shared = ", ".join(
                        sorted(word for word in words.tokens(text.template) if words.stem(word) in needed)
                    )
                    yield Finding(text.where, f"gives the check `{check}` away: {shared} (compare “{phrasing}”)")
                    break


def anchors_held_back(item: Item) -> Iterator[Finding]:
    """What levels 3 and 5 look like is not in a probe, follow-up or hint."""
    known = frozenset().union(*(words.content(fill(item.question.prompt, values)) for values in item.variants))
    anchors = [
        (criterion.id, level, words.content(text) - known)
        for criterion in item.question.criteria
        for level, text in (("3", criterion.anchors.three), ("5", criterion.anchors.five))
    ]
    for text in item.role(Role.PROBE, Role.FOLLOW_UP, Role.HINT):
        if text.role is Role.HINT and text.where[-1] == 2:
            continue
        said = words.content(text.template)
        for criterion, level, needed in anchors:
            concerned = text.role is Role.HINT or text.criterion == criterion
            if concerned and len(needed) >= 3 and len(needed & said) / len(needed) > 0.6:
                yield Finding(
                    text.where, f"gives away what a {level} looks like in `{criterion}`: ask without its words"
                )
                break


def asked_facts(item: Item) -> Iterator[Finding]:
    """A check shown by asking names facts that are there."""
    known = {fact.id for fact in item.question.facts}
    for at, criterion in enumerate(item.question.criteria):
        for place, check in enumerate(criterion.checks):
            for fact in check.asks:
                if fact not in known:
                    where = ("criteria", at, "checks", place, "asks")
                    yield Finding(where, f"there is no fact `{fact}` in this question")


def facts_held_back(item: Item) -> Iterator[Finding]:
    """A fact is something to ask for: the prompt has not told it already."""
    for values in item.variants:
        told = [("the prompt", words.content(fill(item.question.prompt, values)))]
        told += [
            (f"by_level › {text.owner}", words.content(fill(text.template, values))) for text in item.role(Role.ADDS)
        ]
        for text in item.role(Role.FACT):
            held = words.content(fill(text.template, values))
            for place, said in told:
                if len(held) >= 3 and len(held & said) / len(held) >= 0.8:
                    yield Finding(text.where, f"stands in {place} already, so there is nothing to ask for")


def facts_used(item: Item) -> Iterator[Finding]:
    """A fact bears on something: a check asks for it, or what is judged, thrown in or answered has something of it."""
    question = item.question
    asked = {fact for check in question.checks for fact in check.asks}
    if item.unwritten:
        return
    values = item.variants[0]
    scene = words.content(fill(question.prompt, values))
    leave_out = {Role.TITLE, Role.PROMPT, Role.ADDS, Role.FACT, Role.ASKED_BY}
    bearing = frozenset().union(
        *(words.content(fill(text.template, values)) for text in item.texts if text.role not in leave_out)
    )
    for at, fact in enumerate(question.facts):
        own = words.content(f"{fill(fact.text, values)} {' '.join(fact.asked_by)}") - scene
        if fact.id not in asked and len(own) >= 3 and not own & bearing:
            message = "no criterion, curveball, challenge or exemplar makes anything of it; use it or leave it out"
            yield warning(("facts", at), message)


def facts_agree(item: Item) -> Iterator[Finding]:
    """Two sentences of the scene that say the same thing say the same number, and one does not deny the other."""
    clashes: dict[tuple[Where, Where], Finding] = {}
    for values in item.variants:
        told: list[tuple[Text, str, frozenset[str], frozenset[str], bool]] = []
        for text in item.role(Role.PROMPT, Role.ADDS, Role.FACT):
            for sentence in words.parts(fill(text.template, values)):
                if "?" in sentence:
                    continue
                bare = frozenset(stem for stem in words.content(sentence) if not stem[0].isdigit())
                numbers = frozenset(found.strip(".,") for found in _NUMBER.findall(sentence))
                denied = not _DENIALS.isdisjoint(words.tokens(sentence))
                for other, same, theirs, their_numbers, their_denied in told:
                    if denied == their_denied and not (numbers and their_numbers and numbers != their_numbers):
                        continue
                    if other is not text and len(bare & theirs) >= 3 and words.overlap(bare, theirs) >= 0.8:
                        message = f"contradicts “{same.strip()[:80]}” of {_named(other)}"
                        clashes.setdefault((text.where, other.where), warning(text.where, message))
                told.append((text, sentence, bare, numbers, denied))
    yield from clashes.values()


def _named(text: Text) -> str:
    return f"the fact `{text.owner}`" if text.role is Role.FACT else "the prompt"


def facts_told_apart(item: Item) -> Iterator[Finding]:
    """Two facts are not asked for in the same words."""
    asked = [(text, text.owner, phrase, words.bare(phrase)) for text, phrase in _asked_by(item)]
    for at, (text, owner, _, own) in enumerate(asked):
        for _, other, same, theirs in asked[:at]:
            if other != owner and not own.isdisjoint(theirs) and words.overlap(own, theirs) >= 0.75:
                yield Finding(text.where, f"is ambiguous: nearly the same asks for the fact `{other}` (“{same}”)")


def _asked_by(item: Item) -> Iterator[tuple[Text, str]]:
    return ((text, fill(text.template, item.variants[0])) for text in item.role(Role.ASKED_BY))


WITHHELD: tuple[Callable[[Item], Iterable[Finding]], ...] = (
    asked_facts,
    giveaways,
    anchors_held_back,
    facts_held_back,
    facts_used,
    facts_agree,
    facts_told_apart,
)
