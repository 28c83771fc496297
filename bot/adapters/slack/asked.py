"""What the words after `/hotseat`, or of a direct message, ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat import daily
from bot.chat.adapter import Reception

HELP = (
    "`/hotseat practice` starts an interview: here in a thread, or between us in a direct message. You may add the kind of "
    "question, a level, minutes: `/hotseat practice debugging senior 15`.\n"
    "`/hotseat setup` lets you choose from lists.\n"
    "`/hotseat history` shows your past interviews.\n"
    "`/hotseat daily` is about the daily question of a channel; so are `daily new`, `daily suggest`, `daily mine` and "
    "`daily board`.\n"
    "`/hotseat forget me` removes everything I keep about you.\n"
    "In an interview, hint, skip, pause, time and stop are buttons, and also messages of one word."
)

_FILLER = frozenset(
    {"a", "an", "the", "at", "for", "with", "level", "question", "interview", "minutes", "minute", "min", "mins", "on"}
)
_MINUTES = re.compile(r"(\d{1,3})(?:m|min|mins)?")
_OPTIONS = ("type", "level", "persona", "question")


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with its options. `unknown` is the first word nobody understands, as it was written."""

    command: str
    options: Mapping[str, str] = field(default_factory=dict)
    unknown: str = ""


async def read(words: str, reception: Reception) -> Asked:
    """What was asked for; the command is empty if the first word is none of ours."""
    parts = words.split()
    first = parts[0].casefold().strip(".!?/") if parts else "help"
    rest = [part for part in parts[1:] if part]
    if first == "forget":
        return Asked("forget me" if [part.casefold().strip(".!") for part in rest] == ["me"] else "forget")
    if first == daily.LIST:
        wanted = daily.COMMANDS.get(" ".join(rest).casefold().strip(".!?"))
        return Asked(wanted) if wanted is not None else Asked("", unknown=" ".join([first, *rest]))
    if first in {"history", "help", "setup"} and not rest:
        return Asked(first)
    if first not in {"practice", "practise"}:
        return Asked("", unknown=parts[0] if parts else "")
    return await _practice(rest, reception)


async def _practice(words: list[str], reception: Reception) -> Asked:
    known = {name: await reception.choices(name, "", 10_000) for name in _OPTIONS}
    options: dict[str, str] = {}
    unknown = ""
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            name, sign, value = word.partition(":")
        if sign and name in {*_OPTIONS, "minutes", "mind", "seed"} and value:
            options[name] = value
            continue
        plain = word.casefold().strip(".,!?")
        minutes = _MINUTES.fullmatch(plain)
        if minutes:
            options["minutes"] = minutes.group(1)
        elif plain not in _FILLER and not _take(plain, known, options):
            unknown = unknown or word
    return Asked("practice", options, unknown)


def _take(word: str, known: Mapping[str, tuple[tuple[str, str], ...]], options: dict[str, str]) -> bool:
    for name, rows in known.items():
        for value, label in rows:
            names = {
                value.casefold(),
                label.casefold(),
                label.casefold().partition(",")[0],
                label.casefold().partition(" ")[0],
            }
            if word in (names if name in {"persona", "level"} else {value.casefold(), label.casefold()}):
                options[name] = value
                return True
    # Part of a kind's name will do when it fits only one: `debug`, `strategy`, `design`.
    near = [
        value
        for value, label in known["type"]
        if len(word) > 3 and (word in value.casefold() or word in label.casefold())
    ]
    if len(near) == 1:
        options["type"] = near[0]
        return True
    return False


async def question_in(words: str, reception: Reception) -> str:
    """The id of the question whose name stands in a message, the longest name first; empty if there is none."""
    said = " ".join(words.casefold().split())
    rows = sorted(await reception.choices("question", "", 10_000), key=lambda row: -len(row[1]))
    return next((value for value, label in rows if label and " ".join(label.casefold().split()) in said), "")
