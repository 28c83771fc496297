"""The guided way to a question: asks an author one thing at a time and gathers the fields of its file.

Reads lines from the input and writes to the output, so it works through a pipe as well. It judges nothing beyond what a field can
hold; lint does that on the file. Writing the file is `bot.commands.author`'s work.
"""

from __future__ import annotations

import contextlib
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.library.items import Rubric
    from bot.library.load import Library

WIDTH = 92


with contextlib.suppress(ImportError):
    import readline  # noqa: F401 - a line can then be edited, and be longer than a terminal takes by itself


class Stopped(Exception):
    """The author had to go; what was said so far is in the fields."""


def say(text: str = "") -> None:
    """Print a paragraph; a text that begins with a line break stands apart from what is above it."""
    print(("\n" if text.startswith("\n") else "") + textwrap.fill(text.strip(), WIDTH, break_on_hyphens=False))


def line(question: str, default: str = "", check: Callable[[str], str] = lambda text: "") -> str:
    """One line, asked until `check` has nothing to object; Enter takes the default."""
    while True:
        try:
            text = input(f"{question}{f' [{default}]' if default else ''}: ").strip() or default
        except (EOFError, KeyboardInterrupt):
            print()
            raise Stopped from None
        objection = check(text) if text else "Something has to stand here."
        if not objection:
            return text
        say(objection)


def lines(question: str, least: int, most: int) -> list[str]:
    """Several short texts, one a line, ended by an empty line."""
    say(f"{question} One a line, at least {least}; an empty line ends them.")
    found: list[str] = []
    while len(found) < most:
        try:
            text = input(f"  {len(found) + 1}. ").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            raise Stopped from None
        if text:
            found.append(text)
        elif len(found) >= least:
            break
        else:
            say(f"At least {least}, please; {least - len(found)} to go.")
    return found


def yes(question: str) -> bool:
    """Yes or no."""
    return line(f"{question} (y/n)", "y", _is_yes_or_no).lower().startswith("y")


def _is_yes_or_no(text: str) -> str:
    return "" if text.lower() in {"y", "yes", "n", "no"} else "y or n, please."


def basics(given: dict[str, Any], library: Library) -> None:
    """What every file needs, put into `given` where it is missing: type, title, id, levels, minutes, who asks, tags, prompt."""
    from bot.library import posting
    from bot.library.items import LIGHT_KINDS, Kind, Level
    from bot.library.skeleton import slug

    if "type" not in given:
        say("What kind of question is it?")
        kinds = [kind for kind in Kind if kind.value in library.rubrics]
        for number, kind in enumerate(kinds, 1):
            rubric = library.rubric(kind)
            print(textwrap.fill(f"{number:2}  {rubric.label}: {rubric.judges}", WIDTH, subsequent_indent="    "))
        names = [kind.value for kind in kinds]
        chosen = line("Its number or name", check=lambda text: _one_of(text, names))
        given["type"] = names[int(chosen) - 1] if chosen.isdigit() else chosen
    light = Kind(given["type"]) in LIGHT_KINDS
    if "title" not in given:
        given["title"] = line("Its title, a few words that give nothing away", check=lambda text: _at_most(text, 75))
    if "id" not in given:
        given["id"] = line("Its short name, which is also the file's", slug(given["title"]), _is_slug)
    if "levels" not in given:
        levels = [level.value for level in Level]
        given["levels"] = words(line("For which levels", "mid, senior", lambda text: _all_of(text, levels)))
    if "minutes" not in given:
        minutes = line("How many minutes does it take", "6" if light else "15", lambda text: _whole(text, 60))
        given["minutes"] = int(minutes)
    if "personas" not in given:
        say("Who asks? " + "; ".join(f"{name}: {library.persona(name).role}" for name in library.personas))
        given["personas"] = words(
            line("Their names", "maya-hiring-manager", lambda text: _all_of(text, library.personas))
        )
    if "prompt" not in given:
        say(
            "The scene, as you would tell it across a table, ending in what you want to know. Give no hint of the answer."
        )
        if not light:
            say("Put a word or number that may change from one interview to the next in braces, like {city}.")
        given["prompt"] = line("The scene, in one line", check=lambda text: _at_most(text, 899))
    if "tags" not in given:
        found = posting.read(f"{given['title']}\n{given['prompt']}", library.tags)
        near = ", ".join(topic.tag for topic in found.topics[:4])
        given["tags"] = words(line("Topics, as tags such as rag or latency", near, _all_slugs))


def whole(given: dict[str, Any], rubric: Rubric) -> None:
    """Everything else of a question, put into `given` as it is told, so that what was said stays when the author stops."""
    from bot.library.items import LIGHT_KINDS, Kind

    scenario = Kind(given["type"]) not in LIGHT_KINDS
    if scenario:
        say("\nWhat does the interviewer know, and say only when asked?")
        _facts(given)
    say("\nNow what is judged. A check is one small thing that can be heard in an answer or not.")
    _criteria(given, rubric)
    if scenario:
        for level in given["levels"]:
            expected = line(f"What do you expect of somebody at {level} level", check=_short)
            given.setdefault("by_level", {})[level] = {"expects": expected}
        given["curveball"] = {"text": line("Something that happens in the middle, ending in one question", check=_asks)}
        say("A wrong claim the interviewer makes and holds until given a reason.")
        given["challenge"] = {
            "text": line("The claim, ending in one question", check=_asks),
            "hold": line("The same claim again when no reason comes, ending in one question", check=_asks),
            "yields_to": lines("Reasons that settle it.", 2, 6),
            "concede": line("What is said then", check=_short),
        }
        _variants(given)
    say("\nThree hints: where to look, how to look, nearly the answer.")
    given["hints"] = [line(f"Hint {number}", check=_short) for number in (1, 2, 3)]
    say("\nThree answers as people talk. The weak one is fluent and empty, and best the longest.")
    given["exemplars"] = {
        name: line(f"The {name} answer, in one line", check=lambda text: _at_most(text, 3000))
        for name in ("weak", "adequate", "outstanding")
    }
    given["exemplars"]["difference"] = line("What separates the last two", check=_short)


def _facts(given: dict[str, Any]) -> None:
    from bot.library.skeleton import slug

    facts: list[Mapping[str, Any]] = given.setdefault("facts", [])
    while not facts or (len(facts) < 14 and yes("Another fact?")):
        text = line("A fact, as the interviewer says it", check=_short)
        asked = lines("How might a candidate ask for it?", 2, 8)
        facts.append({"id": slug(text, [fact["id"] for fact in facts]), "text": text, "asked_by": asked})


def _criteria(given: dict[str, Any], rubric: Rubric) -> None:
    from bot.library.skeleton import slug

    criteria: list[dict[str, Any]] = given.setdefault("criteria", [])
    checks: list[str] = []
    for place, dimension in enumerate(rubric.dimensions[:5]):
        say(f"\n{dimension.name}: {dimension.judges}")
        needed = len(rubric.dimensions) - place <= 2 - len(criteria)
        if not needed and not yes("Judge it in this question?"):
            continue
        anchors = {}
        for level, text in (
            ("1", dimension.anchors.one),
            ("3", dimension.anchors.three),
            ("5", dimension.anchors.five),
        ):
            say(f"In general a {level} is: {text}")
            anchors[level] = line(f"And here, a {level} is", check=_short)
        made: list[dict[str, Any]] = []
        while not made or (len(made) < 6 and yes("Another check?")):
            says = line("One thing a good answer shows", check=_short)
            name = slug(says, checks)
            checks.append(name)
            level = line("At which level does that stand, 2 to 5", "3" if not made else "4", _is_level)
            phrasings = lines("How might a candidate put it? Different words each time.", 3, 7)
            probe = line("One question that invites it and gives nothing away", check=_asks)
            advice = line("What to do next time", check=_short)
            made.append(
                {"id": name, "says": says, "level": int(level), "phrasings": phrasings, "probe": probe, "next": advice}
            )
        criteria.append(
            {
                "id": dimension.id,
                "name": dimension.name,
                "dimension": dimension.id,
                "weight": 2,
                "anchors": anchors,
                "checks": made,
            }
        )


def _variants(given: dict[str, Any]) -> None:
    names = sorted(set(re.findall(r"\{([a-z][a-z0-9_]*)\}", str(given))))
    if not names:
        say("No {name} in braces was used, so every interview will be the same; lint will ask for one.")
        return
    say("Values for two interviews.")
    given["variants"] = [{name: line(f"{name} in interview {number}") for name in names} for number in (1, 2)]


def words(text: str) -> list[str]:
    """The parts of a list written with commas or spaces."""
    return [part for part in re.split(r"[,\s]+", text.strip()) if part]


def _one_of(text: str, names: Sequence[str]) -> str:
    if text in names or (text.isdigit() and 1 <= int(text) <= len(names)):
        return ""
    return f"A number from 1 to {len(names)}, or one of: {', '.join(names)}."


def _all_of(text: str, names: Sequence[str]) -> str:
    wrong = [part for part in words(text) if part not in names]
    return f"There is no {wrong[0][:40]!r}. There are: {', '.join(names)}." if wrong else ""


def _all_slugs(text: str) -> str:
    return next((objection for part in words(text) if (objection := _is_slug(part))), "")


def _is_slug(text: str) -> str:
    fits = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) and len(text) <= 60
    return "" if fits else "Only small letters, digits and single hyphens, like slow-lift, at most 60."


def _is_level(text: str) -> str:
    return "" if text in {"2", "3", "4", "5"} else "2, 3, 4 or 5."


def _whole(text: str, most: int) -> str:
    return "" if text.isascii() and text.isdigit() and 1 <= int(text) <= most else f"A whole number from 1 to {most}."


def _at_most(text: str, most: int) -> str:
    return "" if len(text) <= most else f"That has {len(text)} characters; at most {most} fit."


def _short(text: str) -> str:
    return _at_most(text, 400)


def _asks(text: str) -> str:
    if text.count("?") != 1 or not text.endswith("?"):
        return "It ends in one question, with one question mark."
    return _at_most(text, 400)
