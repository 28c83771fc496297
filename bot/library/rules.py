"""What lint asks of one question, beyond its shape: each rule is a generator of findings.

Rules about what is held back are in `withheld`; those that compare questions, and everything about files, are in `lint`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from bot.library import arithmetic, limits, words
from bot.library.finding import Finding, Item, warning
from bot.library.items import LIGHT_KINDS, PLACEHOLDER, Kind, fill
from bot.library.tags import meant
from bot.library.texts import ASKS, CANDIDATES, MAY_ASK, SPOKEN, Role, Text
from bot.library.withheld import WITHHELD

SPOKEN_LIMIT: Final = 900
"""An interviewer's line stays below this many characters, with every variant filled in."""

COPIED_WORDS: Final = 6
"""A run of this many words makes a phrasing a copy."""

_CLAUSE = re.compile(
    r"(?:^|[,;:.]|\band\b|\bor\b)\s*(?:then\s+)?(?:what|why|how|who|whom|whose|where|which)\b", re.IGNORECASE
)

_SOURCE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*#(?:[1-9][0-9]*|[a-z][a-z0-9]*(?:-[a-z0-9]+)*)\Z")


def findings(item: Item) -> tuple[Finding, ...]:
    """Everything the rules find in one question. A text that is still to be written is judged by nothing else."""
    found = [Finding(where, "is still to be written") for where in item.unwritten]
    return tuple(dict.fromkeys([*found, *(held for rule in RULES for held in rule(item))]))


def unique_ids(item: Item) -> Iterator[Finding]:
    """Ids of criteria, checks and facts are unique in the question."""
    question = item.question
    criteria = [(("criteria", at), held.id) for at, held in enumerate(question.criteria)]
    checks = [
        (("criteria", at, "checks", place), check.id)
        for at, held in enumerate(question.criteria)
        for place, check in enumerate(held.checks)
    ]
    facts = [(("facts", at), held.id) for at, held in enumerate(question.facts)]
    for named in (criteria, checks, facts):
        seen: set[str] = set()
        for where, held in named:
            if held in seen:
                yield Finding((*where, "id"), f"`{held}` is taken already in this file")
            seen.add(held)


def references(item: Item) -> Iterator[Finding]:
    """Personas, checks and levels that are named exist."""
    question = item.question
    for at, persona in enumerate(question.personas):
        if persona not in item.personas:
            yield Finding(("personas", at), f"there is no persona `{persona}`")
    if question.curveball:
        checks = {check.id for check in question.checks}
        for at, check_id in enumerate(question.curveball.checks):
            if check_id not in checks:
                yield Finding(("curveball", "checks", at), f"there is no check `{check_id}` in this question")
    if question.challenge and question.challenge.persona not in {None, *question.personas}:
        yield Finding(("challenge", "persona"), "must be one of the question's own personas")
    for level in question.by_level:
        if level not in question.levels:
            yield Finding(("by_level", level.value), f"the question is not asked at {level} level")


def dimensions(item: Item) -> Iterator[Finding]:
    """Criteria belong to dimensions of the type's rubric, and its caps have something to rest on."""
    question = item.question
    if item.rubric is None:
        yield Finding(("type",), f"there is no rubric for `{question.type}`")
        return
    known = [held.id for held in item.rubric.dimensions]
    for at, criterion in enumerate(question.criteria):
        if criterion.dimension not in known:
            message = f"the rubric has no dimension `{criterion.dimension}`, only {', '.join(known)}"
            yield Finding(("criteria", at, "dimension"), message)
    judged = {criterion.dimension for criterion in question.criteria}
    for cap in item.rubric.caps:
        if cap.needs in known and cap.needs not in judged:
            yield warning(("criteria",), f"none is about `{cap.needs}`, so the rubric's cap `{cap.id}` never applies")


def completeness(item: Item) -> Iterator[Finding]:
    """A scenario has facts, variants, a curveball and a challenge; light types need none of them."""
    question = item.question
    if question.type in LIGHT_KINDS:
        return
    if not question.facts and question.type is not Kind.BEHAVIOURAL:
        yield Finding(("facts",), "a candidate needs something to ask about: write at least one fact")
    if len(question.variants) < 2:
        yield Finding(("variants",), f"at least 2 are needed, there are {len(question.variants)}")
    if question.curveball is None:
        yield Finding(("curveball",), "is missing")
    if question.challenge is None:
        yield Finding(("challenge",), "is missing")
    for level in question.levels:
        if level not in question.by_level:
            yield warning(("by_level",), f"does not say what changes at {level} level")


def one_question(item: Item) -> Iterator[Finding]:
    """What asks ends in its one question; what states holds none."""
    for text in item.texts:
        for values in item.variants if text.role in SPOKEN else ():
            said = fill(text.template, values)
            marks = said.count("?")
            if text.role in ASKS and (marks != 1 or not said.endswith("?")):
                message = (
                    "asks nothing; it must end in one question"
                    if not marks
                    else f"has {marks} question marks; ask one thing"
                    if marks > 1
                    else "must end with its question"
                )
                yield Finding(text.where, message)
            elif text.role in ASKS and len(_CLAUSE.findall(words.parts(said)[-1])) > 2:
                yield warning(text.where, "asks three things in one sentence; keep the one that matters most")
            elif text.role in MAY_ASK and marks > 1:
                yield Finding(text.where, f"has {marks} question marks; one question at most")
            elif text.role in {Role.FACT, Role.ADDS} and marks:
                yield Finding(text.where, "states something, so it holds no question")


def lengths(item: Item) -> Iterator[Finding]:
    """What an interviewer says stays short, whatever is filled in."""
    prompt = item.question.prompt
    spoken = [(text.where, text.template) for text in item.texts if text.role in SPOKEN - {Role.ADDS}]
    spoken += [(text.where, f"{prompt}\n\n{text.template}") for text in item.role(Role.ADDS)]
    for where, template in spoken:
        longest = max(len(fill(template, values)) for values in item.variants)
        if longest >= SPOKEN_LIMIT:
            together = " together with the prompt" if where[-1] == "adds" else ""
            yield Finding(where, f"is {longest} characters{together}; an interviewer stays below {SPOKEN_LIMIT}")
    for text in item.role(*limits.LONGEST):
        most, why = limits.LONGEST[text.role]
        longest = max(len(fill(text.template, values)) for values in item.variants)
        if longest > most:
            yield warning(text.where, f"is {longest} characters long; at most {most} fit, {why}")


def known_tags(item: Item) -> Iterator[Finding]:
    """Tags are known, so that questions on a topic are found together."""
    for at, tag in enumerate(item.question.tags):
        if tag in item.question.tags[:at]:
            yield Finding(("tags", at), f"`{tag}` is named twice")
        if tag not in item.tags:
            close = meant(tag, item.tags)
            hint = f"did you mean `{close}`? If not, add" if close else "add"
            yield warning(("tags", at), f"there is no tag `{tag}` yet; {hint} it to `tags.yaml`")


def placeholders(item: Item) -> Iterator[Finding]:
    """Placeholders and variants fit each other."""
    used: set[str] = set()
    for text in item.texts:
        names = PLACEHOLDER.findall(text.template)
        used.update(names)
        for name in dict.fromkeys(names):
            lacking = [str(at + 1) for at, held in enumerate(item.variants) if name not in held]
            if lacking and not item.question.variants:
                yield Finding(text.where, f"`{{{name}}}` stands for nothing: the question has no variants")
            elif lacking:
                yield Finding(text.where, f"`{{{name}}}` is not defined in variant {' and '.join(lacking)}")
        if re.search(r"[{}]", PLACEHOLDER.sub("", text.template)):
            yield Finding(text.where, "has a `{` or `}` that is no placeholder like `{small_name}`")
        if text.role is Role.SUM:
            used.update(re.findall(r"[a-z_][a-z0-9_]*", text.template))
    for at, values in enumerate(item.question.variants):
        for name, value in values.items():
            if name not in used and not item.unwritten:
                yield Finding(("variants", at, name), "is used nowhere")
            if PLACEHOLDER.search(str(value)):
                yield Finding(("variants", at, name), "holds a placeholder itself; only texts are filled in")


def phrasings_apart(item: Item) -> Iterator[Finding]:
    """A phrasing stands once, so that what it matches is one check."""
    seen: dict[tuple[str, ...], Text] = {}
    for text in item.role(Role.PHRASING):
        first = seen.setdefault(words.tokens(text.template), text)
        if first is not text:
            where = "twice in this check" if first.owner == text.owner else f"in the check `{first.owner}` too"
            yield Finding(text.where, f"stands {where}")


def copied_phrasings(item: Item) -> Iterator[Finding]:
    """Phrasings are not lifted from the exemplars they will be tried on."""
    copied = [(str(text.where[-1]), words.runs(text.template, COPIED_WORDS)) for text in item.role(Role.EXEMPLAR)]
    for text in item.role(Role.PHRASING):
        own = words.runs(text.template, COPIED_WORDS)
        for name, runs in copied:
            if shared := own & runs:
                yield Finding(text.where, f"is copied from the {name} exemplar: “{' '.join(min(shared))}”")
                break


def plain_text(item: Item) -> Iterator[Finding]:
    """Texts hold no markup, mentions or emoji, and are spelt the British way where the product speaks."""
    for text in item.texts:
        if text.role is Role.SUM:
            continue
        if what := words.not_plain(text.template):
            yield Finding(text.where, f"holds {what}; write plain text")
        if text.role in CANDIDATES:
            continue
        for word in words.tokens(text.template):
            if word in words.AMERICAN:
                yield warning(text.where, f"`{word}` is `{words.AMERICAN[word]}` in British spelling")
        if text.role in SPOKEN and "!" in text.template:
            yield warning(text.where, "has an exclamation mark; an interviewer stays calm")
    if what := words.not_plain(item.question.note):
        yield Finding(("note",), f"holds {what}; write plain text")
    for at, values in enumerate(item.question.variants):
        for name, value in values.items():
            if what := words.not_plain(str(value)):
                yield Finding(("variants", at, name), f"holds {what}; write plain text")


def sums(item: Item) -> Iterator[Finding]:
    """Sums come out in every variant."""
    for at, held in enumerate(item.question.sums):
        for number, values in enumerate(item.variants):
            expression, equals = fill(held.expression, values), fill(held.equals, values)
            which = f" in variant {number + 1}" if item.question.variants else ""
            try:
                if not arithmetic.equal(expression, equals, values):
                    result = float(arithmetic.value(expression, values))
                    yield Finding(("sums", at), f"{expression} is {result:,.12g}, not {equals}{which}")
            except arithmetic.NotASum as error:
                yield Finding(("sums", at), f"{error}: {expression[:60]} = {equals[:40]}{which}")


def dates(item: Item) -> Iterator[Finding]:
    """What may have aged has been looked at."""
    review_by = item.question.review_by
    if review_by is not None and review_by < item.today:
        yield warning(("review_by",), f"was {review_by.isoformat()}; check what may have aged and set a new date")


def weights(item: Item) -> Iterator[Finding]:
    """No criterion decides alone, and each can be climbed from below."""
    total = sum(criterion.weight for criterion in item.question.criteria)
    for at, criterion in enumerate(item.question.criteria):
        if criterion.weight * 10 > total * 7:
            yield warning(("criteria", at, "weight"), f"is {criterion.weight} of {total}; one criterion decides alone")
        lowest = min(check.level for check in criterion.checks)
        if lowest > 3:
            message = f"nothing is evidence for a level below {lowest}, so there is no way up to it"
            yield warning(("criteria", at, "checks"), message)


def source_slugs(item: Item) -> Iterator[Finding]:
    """Sources are written `document#12` or `document#part`, once each."""
    seen: Counter[str] = Counter()
    for at, source in enumerate(item.question.sources):
        seen[source] += 1
        if not _SOURCE.match(source):
            yield Finding(("sources", at), f"`{source[:60]}` must look like `document#12` or `document#part`")
        elif seen[source] == 2:
            yield Finding(("sources", at), f"`{source}` is named twice")


def exemplar_lengths(item: Item) -> Iterator[Finding]:
    """The outstanding answer is not the longest."""
    held = item.question.exemplars
    if len(held.outstanding) > max(len(held.weak), len(held.adequate)):
        yield warning(("exemplars", "outstanding"), "is the longest of the three; length should not give it away")


RULES: tuple[Callable[[Item], Iterable[Finding]], ...] = (
    unique_ids,
    references,
    dimensions,
    completeness,
    one_question,
    lengths,
    known_tags,
    placeholders,
    phrasings_apart,
    copied_phrasings,
    plain_text,
    sums,
    dates,
    weights,
    source_slugs,
    exemplar_lengths,
    *WITHHELD,
)
