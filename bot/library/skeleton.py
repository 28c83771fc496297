"""A question's file as an author begins it: what they have said already, and for the rest what to write there.

The file has the shape of a question from the first moment, so that editors, lint and `try` take it; a text that begins with
`UNWRITTEN` is still to be written, and lint says so. Asking an author is `bot.commands.guide`'s work.
"""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bot.library.finding import UNWRITTEN
from bot.library.items import LIGHT_KINDS, Kind, Rubric
from bot.library.load import shipped
from bot.library.packs import PACK_FILE
from bot.library.words import STOP_WORDS

Answers = Mapping[str, Any]
"""Fields of a question as they stand in its file; those that are missing are still to be written."""

WIDTH: Final = 110
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 ,.()'’?;£$%/-]*\Z")
_NOT_TEXT = re.compile(r"(?:true|false|yes|no|on|off|null)\Z", re.IGNORECASE)
_COMMENTS: Final = {
    "title": "A few words for a list. They name the scene and give nothing away.",
    "levels": "mid, senior, principal: those the question suits.",
    "tags": "Topics. `hotseat questions lint` says which are known.",
    "personas": "Who asks; the first one leads.",
    "variants": "Values for the {names} in the texts; each interview draws one line. All lines have the same names.",
    "prompt": "The scene, as somebody at a table would tell it, under 900 characters, ending in what you want to know.",
    "by_level": "What is expected at each level. `adds: …` may add a sentence to the scene.",
    "facts": "What the interviewer knows and says only when asked. `asked_by`: how a candidate might ask.",
    "criteria": "What is judged. Each check is one small thing that can be heard or not; copy one to add another.",
    "curveball": "Something happens in the middle, and one question about it.",
    "challenge": "A wrong claim the interviewer makes and holds until given a reason.",
    "hints": "Where to look; how to look; nearly the answer. The first two give nothing away.",
    "exemplars": "Three answers as people talk. The weak one is fluent and empty, and best the longest.",
}


def skeleton(answers: Answers, rubric: Rubric, schema: str, personas: Sequence[str] = ()) -> str:
    """The text of a file. `answers` has at least `id`, `type` and `title`; `schema` is the way from the file to its JSON Schema,
    `personas` are those there are."""
    kind = Kind(answers["type"])
    whole = {**_unwritten(kind, rubric, answers.get("levels", _LEVELS)), **answers}
    order = [*_ORDER] if kind not in LIGHT_KINDS else [name for name in _ORDER if name not in _SCENARIO_ONLY]
    parts = [f"# yaml-language-server: $schema={schema}"]
    parts.append(f"# {rubric.label}. {rubric.judges}")
    if any(UNWRITTEN in line for line in _lines({name: whole[name] for name in order if name in whole}, 0)):
        parts.append(
            f"# Write your own words wherever a text begins with {UNWRITTEN.strip()}, then: hotseat questions lint"
        )
    for name in order:
        if name not in whole:
            continue
        if name in _COMMENTS:
            known = f" There are: {', '.join(personas)}." if name == "personas" and personas else ""
            parts.append(f"{_GAP if name in _SPACED else ''}# {_COMMENTS[name]}{known}")
        parts.extend(_lines({name: whole[name]}, 0))
    return "\n".join(parts) + "\n"


_ORDER = (
    "id", "type", "title", "levels", "minutes", "tags", "sources", "note", "review_by", "personas", "variants", "prompt",
    "by_level", "facts", "criteria", "curveball", "challenge", "hints", "exemplars", "sums",
)  # fmt: skip
_GAP = "\n"
_LEVELS = ("mid", "senior")
_SCENARIO_ONLY = frozenset({"variants", "by_level", "facts", "curveball", "challenge"})
_SPACED = frozenset(
    {"variants", "prompt", "by_level", "facts", "criteria", "curveball", "challenge", "hints", "exemplars"}
)


def slug(text: str, taken: Iterable[str] = ()) -> str:
    """An id from a text: its first telling words, with a number when that is taken."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", "").replace("’", ""))
    telling = [word for word in words if word not in STOP_WORDS] or words or ["question"]
    made = "-".join(telling[:5])[:50].strip("-")
    held = set(taken)
    number = 2
    name = made
    while name in held:
        name, number = f"{made}-{number}", number + 1
    return name


def fill_up(answers: dict[str, Any], rubric: Rubric) -> None:
    """Complete lists that an author began and did not end: the criteria that are missing are still to be written."""
    if not answers.get("facts"):
        answers.pop("facts", None)
    if "criteria" in answers:
        told = {held["id"] for held in answers["criteria"]}
        missing = [dimension for dimension in rubric.dimensions[:5] if dimension.id not in told]
        answers["criteria"] += [criterion(one.id, one.name, one.anchors) for one in missing]


def prepare(folder: Path, name: str) -> None:
    """Make a folder a pack, if it is none, with the JSON Schemas for editors beside its questions. The built-in bank is left as
    it is."""
    if folder.resolve() == shipped("questions").resolve():
        return
    (folder / "items").mkdir(parents=True, exist_ok=True)
    described = folder / PACK_FILE
    if not described.exists():
        described.write_text(_PACK.format(name=_scalar(name)), encoding="utf-8")
    schemas = folder / "schema"
    schemas.mkdir(exist_ok=True)
    for source in sorted((shipped("questions") / "schema").glob("*.schema.json")):
        target = schemas / source.name
        if not target.exists() or target.read_bytes() != source.read_bytes():
            shutil.copyfile(source, target)


_PACK = """\
# yaml-language-server: $schema=schema/pack.schema.json
# What your group calls its questions; shown beside them in lists.
name: {name}
# true: only these questions are asked. false: they are added to the built-in ones.
replaces_bank: false
"""


def _unwritten(kind: Kind, rubric: Rubric, levels: Sequence[str]) -> dict[str, Any]:
    """Every field a question of this kind has, still to be written."""
    light = kind in LIGHT_KINDS
    return {
        "levels": [*_LEVELS],
        "minutes": 6 if light else 15,
        "tags": ["untagged"],
        "personas": ["maya-hiring-manager"],
        "prompt": _write("the scene and what you want to know" + ("." if light else ", with {place} somewhere in it.")),
        "variants": [{"place": "Leeds"}, {"place": "Turin"}],
        "by_level": {level: {"expects": _write(f"what is expected at {level} level.")} for level in levels},
        "facts": [fact(number) for number in (1, 2)],
        "criteria": [criterion(dimension.id, dimension.name, dimension.anchors) for dimension in rubric.dimensions[:5]],
        "curveball": {"text": _write("what happens, and one question?")},
        "challenge": {
            "text": _write("a wrong claim said with confidence, and one question?"),
            "hold": _write("the same claim again, from another side, and one question?"),
            "yields_to": [_write(f"reason {number} that settles it.") for number in ("one", "two")],
            "concede": _write("what you say when you were given a reason."),
        },
        "hints": [_write("where to look."), _write("how to look."), _write("nearly the answer.")],
        "exemplars": {
            "weak": _write("an answer full of confidence with nothing in it; let it be the longest of the three."),
            "adequate": _write("the answer of somebody who has read the book."),
            "outstanding": _write("the answer of somebody who has done it."),
            "difference": _write("what separates the last two."),
        },
    }


def fact(number: int) -> dict[str, Any]:
    """A fact still to be written."""
    return {
        "id": f"fact-{number}",
        "text": _write("something only those who ask are told."),
        "asked_by": [_write("how one might ask for it."), _write("another way to ask.")],
    }


def criterion(dimension: str, name: str, anchors: Any) -> dict[str, Any]:
    """A criterion of one dimension still to be written; what its levels look like in general is given."""
    general = {"1": anchors.one, "3": anchors.three, "5": anchors.five}
    return {
        "id": dimension,
        "name": name,
        "dimension": dimension,
        "weight": 2,
        "anchors": {level: _write(f"what that is here. In general: {text}"[:380]) for level, text in general.items()},
        "checks": [check(f"{dimension[:50]}-shown", 3)],
    }


def check(name: str, level: int) -> dict[str, Any]:
    """A check still to be written."""
    return {
        "id": name[:60],
        "says": _write("one thing a candidate may show, as a scorecard would say it"),
        "level": level,
        "phrasings": [_write(f"{way} way a candidate might put it") for way in ("one", "another", "a third")],
        "probe": _write("one question that invites it and gives nothing away?"),
        "next": _write("what to do next time."),
    }


def _write(what: str) -> str:
    return UNWRITTEN + what


def _lines(held: Any, indent: int) -> Iterator[str]:
    """A map or list as YAML, a line at a time."""
    pad = " " * indent
    if isinstance(held, Mapping):
        for key, value in held.items():
            # A number as a key is a text in our files: "1", "3", "5".
            yield from _entry(f"{pad}{json.dumps(key) if str(key).isdigit() else key}:", value, indent + 2)
    else:
        for value in held:
            if isinstance(value, Mapping):
                first, *rest = _lines(value, indent + 2)
                yield f"{pad}- {first.strip()}"
                yield from rest
            else:
                yield from _entry(f"{pad}-", value, indent + 2)


def _entry(head: str, value: Any, indent: int) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield head
        yield from _lines(value, indent)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        if all(isinstance(one, str) and re.fullmatch(r"[a-z0-9-]+", one) for one in value):
            yield f"{head} [{', '.join(value)}]"
        else:
            yield head
            yield from _lines(value, indent)
    elif isinstance(value, str) and "\n" in value.strip():
        yield f"{head} |-"
        yield from (f"{' ' * indent}{line.strip()}".rstrip() for line in value.strip().splitlines())
    elif isinstance(value, str) and len(value) > WIDTH - 20:
        yield f"{head} >-"
        yield from textwrap.wrap(
            " ".join(value.split()), WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: object) -> str:
    text = str(value).strip()
    plain = _PLAIN.match(text) and not _NOT_TEXT.match(text)
    ours = text.startswith(UNWRITTEN) and ": " not in text
    return text if plain or ours or not isinstance(value, str) else json.dumps(text, ensure_ascii=False)
