"""A pasted job description: which topics, kinds of question and level it speaks of, with the words that say so.

A pure function of the text and the known tags. The text is only looked through for words that are known already; nothing of it is
kept, shown or obeyed, and nothing is concluded about a company. Choosing with what was found is `choose`'s work.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bot.library.items import Kind, Level

READ_LIMIT: Final = 20_000
"""Characters of a description that are read; the longest are a third of that."""

MOST_TOPICS: Final = 12
SHOWN: Final = 6
_COUNTED = 4
"""Being named more often than this makes a topic no heavier."""

_INITIALS: Final = frozenset({"llm", "rag", "rlhf", "prd", "b2b", "b2c", "roi"})

_EVERYDAY: Final = frozenset(
    {"adoption", "b2b", "b2c", "collaboration", "cost", "decision", "decisions", "delivery", "engineering", "enterprise",
     "evidence", "expectations", "explaining", "influence", "launch", "metrics", "performance", "prioritisation", "quality",
     "requirements", "roadmap", "sales", "search", "stakeholders", "strategy", "uncertainty", "user-experience", "writing"}
)  # fmt: skip
"""Topics that every description names; they weigh half."""

_KINDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.PRODUCTION_FAILURE: ("incident", "incidents", "incident response", "on-call", "monitoring", "reliability", "post-mortem"),
    Kind.DEBUGGING: ("root cause", "troubleshooting", "debugging", "diagnose", "problem solving", "problem-solving"),
    Kind.SYSTEM_DESIGN: ("architecture", "system design", "technical design", "apis", "platform", "infrastructure", "pipelines"),
    Kind.EXECUTIVE_COMMUNICATION: ("executives", "executive", "c-suite", "c-level", "board", "senior leadership",
                                   "executive communication", "present to leadership"),
    Kind.TRADE_OFF: ("trade-off", "trade-offs", "tradeoffs", "balance competing", "competing priorities"),
    Kind.STRATEGY: ("strategy", "product strategy", "vision", "market analysis", "business case", "business model"),
    Kind.PRODUCT_DESIGN: ("user research", "discovery", "product design", "user experience", "ux", "zero to one", "0 to 1",
                          "prototypes", "customer problems", "user needs"),
    Kind.DELIVERY_ROADMAP: ("roadmap", "roadmaps", "delivery", "execution", "agile", "backlog", "milestones"),
    Kind.BEHAVIOURAL: ("leadership", "influence", "influence without authority", "mentoring", "coaching", "team player",
                       "conflict"),
    Kind.CONCEPT: ("machine learning fundamentals", "technical background", "technical depth", "ml concepts", "ai fluency",
                   "understanding of machine learning", "understanding of llms", "computer science"),
}  # fmt: skip

_RANKS: Final = {
    **dict.fromkeys(
        ("principal", "staff", "group", "chief", "distinguished", "director", "head", "vp"), Level.PRINCIPAL
    ),
    **dict.fromkeys(("senior", "sr", "lead", "experienced"), Level.SENIOR),
    **dict.fromkeys(("junior", "associate", "graduate", "entry-level", "entry level", "trainee"), Level.MID),
}
_ROLES = r"(?:ai|ml|technical|product|program|project|design|engineering|data|machine learning|growth|platform)"
_TITLE = re.compile(
    rf"\b(?P<rank>{'|'.join(_RANKS)})(?:\.|,| of)? (?:{_ROLES}[ ,/&-]+){{0,4}}"
    r"(?:manager|owner|pm|product|lead|engineer|scientist|designer|analyst)s?\b"
)
_SOMEBODY_ELSE = re.compile(
    r"(?:report(?:s|ing)?(?: directly)? to|alongside|partner with|supported by|with|by|our|and)(?: the| our| a| an)*\s*$"
)
_YEARS = re.compile(
    r"\b(\d{1,2}) ?(?:\+|plus|or more)? ?(?:(?:-|–|to) ?\d{1,2} ?\+?)? ?(?:years?|yrs?)\b"
    r"(?=[^.\n]{0,60}\b(?:experience|in|of|as|working|building)\b)"
)
_ASIDE = re.compile(
    r"(?:benefits?|perks?|what we offer|we offer|what you(?:'|’)?ll get|compensation|salary|pay range|equal opportunit(?:y|ies)|"
    r"diversity|about us|about the company|who we are|how to apply|our values)"
)
_EQUAL = re.compile(
    r"\b(?:equal opportunity|reasonable accommodation|regardless of (?:race|age|gender)|salary range|base salary|401\(?k)"
)
_TOKEN = re.compile(r"[a-z0-9]+")
_SMALL = "the and of to in for with you we our will are is as on a an or that be have your this who by at from"
_ENGLISH = frozenset(_SMALL.split())
_FOCUS = re.compile(r"[a-z0-9-]{1,60}=[0-9]{1,2}x[0-9]{1,3}\Z")
_LEVEL = re.compile(r"(mid|senior|principal)\|[a-z0-9+ ,-]{1,24}\Z")


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic the text speaks of: its tag, how much it weighs in choosing, how often it was named, in which known words."""

    tag: str
    weight: int
    count: int
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Posting:
    """What was found. `level` is empty when nothing says it; `level_words` is what does."""

    topics: tuple[Topic, ...] = ()
    kinds: tuple[tuple[Kind, int], ...] = ()
    level: str = ""
    level_words: str = ""
    cut: bool = False
    """The text was longer than what is read."""
    foreign: bool = False
    """Most of the text is not English, so that most of it was not understood."""

    @property
    def focus(self) -> dict[str, int]:
        """The weight of each tag and kind, for choosing."""
        return {
            **{topic.tag: topic.weight for topic in self.topics},
            **{kind.value: weight for kind, weight in self.kinds},
        }

    @property
    def empty(self) -> bool:
        """Whether nothing was found to choose by."""
        return not self.topics and not self.kinds and not self.level


def read(text: str, tags: Mapping[str, Sequence[str]]) -> Posting:
    """What a job description speaks of. `tags` gives each known tag the words that mean it."""
    plain = unicodedata.normalize("NFKC", text[: READ_LIMIT + 1]).lower().replace("’", "'")
    plain = re.sub(r"[^\S\n]+", " ", plain)
    lines = [line for line in plain[:READ_LIMIT].splitlines() if line.strip()]
    body = "\n".join(_about_the_work(lines))
    found = Counter(_named(body, _lookup(tuple((tag, tuple(words)) for tag, words in tags.items()))))
    counts: Counter[str] = Counter()
    phrases: dict[str, list[str]] = {}
    for (tag, phrase), count in found.most_common():
        counts[tag] += count
        phrases.setdefault(tag, []).append(phrase)
    topics = [Topic(tag, _weight(tag, count), count, tuple(phrases[tag][:3])) for tag, count in counts.items()]
    topics.sort(key=lambda topic: (-topic.weight, -topic.count, topic.tag))
    named = Counter(
        kind for kind, _ in _named(body, _lookup(tuple((kind.value, words) for kind, words in _KINDS.items())))
    )
    kinds = [(Kind(kind), min(count, 3)) for kind, count in named.most_common()]
    level, words = _level("\n".join(lines))
    return Posting(tuple(topics[:MOST_TOPICS]), tuple(kinds), level, words, len(text) > READ_LIMIT, _foreign(plain))


def said(found: Posting) -> str:
    """What was taken from a description, in our own words and with counts: nothing in it was written by anybody else."""
    parts = []
    if found.level:
        by = f" (“{found.level_words}”)" if found.level_words != found.level else ""
        parts.append(f"the level {found.level}{by}")
    if found.topics:
        shown = [f"{_words(topic.tag)} ({_times(topic.count)})" for topic in found.topics[:SHOWN]]
        parts.append("topics: " + ", ".join(shown))
    aside = " I read English best, so I may have missed some." if found.foreign else ""
    aside += f" I read the first {READ_LIMIT:,} characters." if found.cut else ""
    if not parts:
        return f"The job description names nothing I have questions on, so I choose as I always do.{aside}"
    return f"From the job description I took {'; '.join(parts)}. I know nothing else of the company and won't pretend to.{aside}"


def dump(found: Posting) -> str:
    """What was found, as a short text that can travel in place of the description: see `load`."""
    parts = [f"{topic.tag}={topic.weight}x{topic.count}" for topic in found.topics]
    parts += [f"{kind.value}={weight}x0" for kind, weight in found.kinds]
    if found.level:
        parts.insert(0, f"{found.level}|{found.level_words}")
    parts += [*(["cut"] if found.cut else []), *(["foreign"] if found.foreign else [])]
    return ";".join(parts or ["nothing"])


def load(text: str) -> Posting:
    """What `dump` wrote; whatever else a text holds is left out."""
    topics: list[Topic] = []
    kinds: list[tuple[Kind, int]] = []
    level = words = ""
    parts = text[:4_000].split(";")
    for part in parts:
        if _LEVEL.match(part):
            level, _, words = part.partition("|")
        elif _FOCUS.match(part):
            name, _, numbers = part.partition("=")
            weight, count = map(int, numbers.split("x"))
            if name in list(Kind) and count == 0:
                kinds.append((Kind(name), weight))
            else:
                topics.append(Topic(name, weight, count))
    return Posting(tuple(topics[:MOST_TOPICS]), tuple(kinds), level, words, "cut" in parts, "foreign" in parts)


def _weight(tag: str, count: int) -> int:
    return min(count, _COUNTED) * (1 if tag in _EVERYDAY else 2)


def _words(tag: str) -> str:
    return tag.upper() if tag in _INITIALS else tag.replace("-", " ")


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _about_the_work(lines: Sequence[str]) -> Iterator[str]:
    """The lines that speak of the work: not of benefits, of the company or of equal opportunities."""
    aside = False
    for line in lines:
        bare = line.strip(" \t*#-•·:–—")
        if _is_heading(line, bare):
            aside = bool(_ASIDE.search(bare))
        if not aside and not _EQUAL.search(line):
            yield line


def _is_heading(line: str, bare: str) -> bool:
    short = 0 < len(bare.split()) <= 7
    listed = line.lstrip()[:1] in {"-", "•", "·"} or line.lstrip().startswith("* ")
    return short and not listed and not bare.endswith((".", ",", ";"))


Lookup = Mapping[str, tuple[tuple[tuple[str, ...], str, str], ...]]
"""First word → (all words, tag, phrase as it is listed), the longest first."""


@lru_cache(maxsize=8)
def _lookup(listed: tuple[tuple[str, tuple[str, ...]], ...]) -> Lookup:
    phrases: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for tag, words in listed:
        for phrase in words:
            tokens = tuple(_tokens(phrase.lower()))
            if tokens:
                phrases.setdefault(tokens[0], []).append((tokens, tag, phrase))
    return {first: tuple(sorted(held, key=lambda one: -len(one[0]))) for first, held in phrases.items()}


def _named(text: str, lookup: Lookup) -> Iterator[tuple[str, str]]:
    """The tags and phrases a text names, the longest phrase at each place."""
    for line in text.splitlines():
        tokens = _tokens(line)
        at = 0
        while at < len(tokens):
            match = next(
                (one for one in lookup.get(tokens[at], ()) if tuple(tokens[at : at + len(one[0])]) == one[0]), None
            )
            if match is None:
                at += 1
            else:
                yield match[1], match[2]
                at += len(match[0])


def _tokens(text: str) -> list[str]:
    return [
        token[:-1] if len(token) > 3 and token.endswith("s") and not token.endswith("ss") else token
        for token in _TOKEN.findall(text)
    ]


def _level(text: str) -> tuple[str, str]:
    """The level and the words for it: a title comes before years, an early title before a later one."""
    for found in _TITLE.finditer(text):
        if not _SOMEBODY_ELSE.search(text[max(0, found.start() - 40) : found.start()]):
            return _RANKS[found["rank"]].value, found["rank"]
    years = [int(found[1]) for found in _YEARS.finditer(text) if 0 < int(found[1]) <= 25]
    if not years:
        return "", ""
    most = max(years)
    level = Level.PRINCIPAL if most >= 10 else Level.SENIOR if most >= 5 else Level.MID
    return level.value, f"{most} year{'' if most == 1 else 's'}"


def _foreign(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text[:4_000])
    return len(words) >= 25 and sum(word in _ENGLISH for word in words) < 0.08 * len(words)
