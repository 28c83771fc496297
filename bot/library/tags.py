"""The tags that are known: topics of questions, each with the words that mean it in a job description.

`tags.yaml` of a bank or pack holds a line `tag: [words, …]` for each; the list may be empty. Choosing by a job description is
`posting`'s work.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bot.library import problems
from bot.library.load import read
from bot.library.problems import ContentError, Problem

TAGS_LIMIT: Final = 600
PHRASE_LIMIT: Final = 60
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


def read_tags(path: Path, root: Path) -> dict[str, tuple[str, ...]]:
    """What a tags file holds: tag → words and phrases. `ContentError` names every line that is no such list."""
    document = read(path, root)
    tags: dict[str, tuple[str, ...]] = {}
    wrong: list[Problem] = []
    for tag, phrases in document.data.items():
        message = _amiss(tag, phrases)
        if message:
            field = problems.named((tag,), document.data)
            wrong.append(Problem(problems.shown(path), document.line((tag,)), field, message))
        elif isinstance(phrases, list):
            tags[tag] = tuple(str(phrase).strip() for phrase in phrases)
    if len(tags) > TAGS_LIMIT:
        wrong.append(Problem(problems.shown(path), 1, "", f"holds {len(tags)} tags; at most {TAGS_LIMIT} fit"))
    if wrong:
        raise ContentError(wrong[:20])
    return tags


def _amiss(tag: str, phrases: object) -> str:
    if not _SLUG.match(tag) or len(tag) > 60:
        return "only small letters, digits and single hyphens, like `vector-search`"
    if not isinstance(phrases, list):
        return "must be a list of words or phrases; `[]` for none"
    if any(not isinstance(one, str) or not one.strip() or len(one) > PHRASE_LIMIT for one in phrases):
        return f"must be a list of texts of at most {PHRASE_LIMIT} characters"
    return ""


def meant(tag: str, known: Iterable[str]) -> str:
    """The known tag that was most likely meant; empty when none comes close."""
    close = difflib.get_close_matches(tag, list(known), n=1, cutoff=0.75)
    return close[0] if close else ""
