"""`hotseat questions`: list the bank, lint it, show one question as its author sees it.

Changes nothing and starts no interview; `new` and `try`, which do, are in `bot.commands.author`.
"""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands import CannotRun, author

if TYPE_CHECKING:
    from bot.library.items import Criterion, Question
    from bot.library.load import Library
    from bot.library.problems import Problem

WIDTH = 100


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `questions` and its own subcommands; each sets `handler`, a function of the arguments giving the exit code."""
    parser = subparsers.add_parser(
        "questions",
        help="list, read, check, begin and try questions",
        description="The questions: list, read and check them, begin one of your own, and try it before anybody else does.",
    )
    commands = parser.add_subparsers(dest="questions_command", required=True, metavar="list|show|new|lint|try")

    listing = commands.add_parser("list", help="list the questions", description="List the questions of the bank.")
    listing.add_argument("--type", dest="kind", metavar="TYPE", help="only this type, such as debugging")
    listing.add_argument("--level", metavar="LEVEL", help="only this level: mid, senior or principal")
    listing.add_argument("--json", action="store_true", help="print one JSON array")
    listing.set_defaults(handler=_list)

    lint = commands.add_parser(
        "lint",
        help="check questions, rubrics and personas",
        description="Check a bank, or one file or folder of it, and name every problem by file, line and field.",
    )
    lint.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a bank's folder, or a file or folder in one")
    lint.add_argument("--json", action="store_true", help="print one JSON array")
    lint.set_defaults(handler=_lint)

    show = commands.add_parser("show", help="show one question", description="Show everything about one question.")
    show.add_argument("id", metavar="ID", help="a question's id, or its file")
    show.add_argument("--variant", type=int, default=1, metavar="N", help="which variant to fill in, from 1")
    show.set_defaults(handler=_show)
    author.register(commands)


def _library() -> Library:
    """The bank in force."""
    from bot import settings
    from bot.library.load import Library

    return Library.of(*settings.load().questions)


def _list(args: argparse.Namespace) -> int:
    from bot.commands.practice import say_left_out
    from bot.library.choose import nothing
    from bot.library.items import Kind, Level

    for name, value, known in (("type", args.kind, Kind), ("level", args.level, Level)):
        if value is not None and value not in list(known):
            raise CannotRun(f"There is no {name} {value!r}; it is one of {', '.join(known)}.")
    library = _library()
    say_left_out(library)
    fits = [
        question
        for question in library.all()
        if args.kind in {None, question.type.value} and (args.level is None or args.level in question.levels)
    ]
    if args.json:
        print(json.dumps([_entry(question, library) for question in fits], ensure_ascii=False))
        return 0
    if not fits:
        raise CannotRun(str(nothing(args.kind, args.level)))
    width = max(len(question.id) for question in fits)
    kinds = max(len(question.type.value) for question in fits)
    for question in fits:
        levels = ", ".join(question.levels)
        own = f"  ({library.pack_of(question.id)})" if len(library.packs) > 1 else ""
        print(f"{question.id:{width}}  {question.type.value:{kinds}}  {question.minutes:2} min  {levels}{own}")
        print(f"{'':{width}}  {question.title}")
    return 0


def _entry(question: Question, library: Library) -> dict[str, object]:
    return {
        "id": question.id,
        "type": question.type.value,
        "levels": [level.value for level in question.levels],
        "minutes": question.minutes,
        "title": question.title,
        "tags": list(question.tags),
        "sources": list(question.sources),
        "pack": library.pack_of(question.id),
    }


def _lint(args: argparse.Namespace) -> int:
    from bot import settings
    from bot.commands import kept
    from bot.library.lint import lint
    from bot.library.problems import Severity
    from bot.models.offline.grader import coverage

    configured = settings.load()
    folders = (args.path,) if args.path else configured.questions or (None,)
    shelf, made_by = configured.data_dir / "lint.json", kept.version()
    known = kept.load(shelf, made_by)
    before = len(known)
    found = [problem for folder in folders for problem in lint(folder, coverage=coverage, known=known)]
    if len(known) != before:
        kept.save(shelf, made_by, known)
    errors = sum(problem.severity is Severity.ERROR for problem in found)
    if args.json:
        print(json.dumps([_problem(problem) for problem in found], ensure_ascii=False))
    else:
        for problem in found:
            note = "warning: " if problem.severity is Severity.WARNING else ""
            where = f"{problem.file}:{problem.line}: "
            print(where + ": ".join(part for part in (problem.field, note + problem.message) if part))
        print(_summary(errors, len(found) - errors))
    return 1 if errors else 0


def _problem(problem: Problem) -> dict[str, object]:
    return {
        "severity": problem.severity.value,
        "file": problem.file,
        "line": problem.line,
        "field": problem.field,
        "message": problem.message,
    }


def _summary(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "No problems."
    counted = (
        f"{count} {name}{'' if count == 1 else 's'}" for count, name in ((errors, "error"), (warnings, "warning"))
    )
    return ", ".join(counted) + ("." if errors else "; nothing keeps these questions from being used.")


def _show(args: argparse.Namespace) -> int:
    from bot import settings
    from bot.library.load import Unknown

    library, name = author.with_file(settings.load().questions, args.id)
    try:
        template = library.question(name)
    except Unknown as unknown:
        raise CannotRun(str(unknown)) from None
    count = len(template.variants)
    if not 1 <= args.variant <= max(count, 1):
        has = f"has variants 1 to {count}" if count else "has no variants"
        raise CannotRun(f"{template.id} {has}.")
    question = template.drawn(args.variant - 1)
    dimensions = {held.id: held.name for held in library.rubric(question.type).dimensions}
    speakers = [f"{held.name}, {held.role}" for held in map(library.persona, question.personas)]

    print(f"{question.title}  ({question.id})")
    levels = ", ".join(question.levels)
    print(
        f"{question.type.value} · {levels} · {question.minutes} min"
        + (f" · variant {args.variant} of {count}" if count else "")
    )
    _field("Asked by", "; ".join(speakers))
    _field("Tags", ", ".join(question.tags))
    _field("Sources", ", ".join(question.sources))
    _field("Review by", question.review_by.isoformat() if question.review_by else "")
    _field("Note", question.note)
    if question.variants:
        drawn = question.variants[args.variant - 1]
        _section("Variant", (f"{name} = {value}" for name, value in drawn.items()))
    _section("Prompt", [question.prompt])
    if question.by_level:
        _section(
            "By level",
            (f"{level}: {' '.join((note.adds, note.expects)).strip()}" for level, note in question.by_level.items()),
        )
    if question.facts:
        print("\nFacts, said only when asked for")
        for fact in question.facts:
            _line(f"{fact.id}: {fact.text}")
            _line("asked by: " + " | ".join(fact.asked_by), 4)
    for criterion in question.criteria:
        _criterion(criterion, dimensions.get(criterion.dimension, criterion.dimension))
    if question.curveball:
        _section("Curveball", [question.curveball.text])
    if question.challenge:
        held = question.challenge
        yields = "yields to: " + " | ".join(held.yields_to)
        _section("Challenge", [held.text, f"hold: {held.hold}", yields, f"concede: {held.concede}"])
    _section("Hints", (f"{number}. {hint}" for number, hint in enumerate(question.hints, 1)))
    for name in ("weak", "adequate", "outstanding"):
        _section(f"{name.capitalize()} answer", [getattr(question.exemplars, name)])
    _section("The difference", [question.exemplars.difference])
    if question.sums:
        _section("Sums", (f"{held.expression} = {held.equals}" for held in question.sums))
    return 0


def _criterion(criterion: Criterion, dimension: str) -> None:
    print(f"\nCriterion {criterion.id}: {criterion.name}  (weight {criterion.weight}, judged as “{dimension}”)")
    for level, text in (("1", criterion.anchors.one), ("3", criterion.anchors.three), ("5", criterion.anchors.five)):
        _line(f"{level}  {text}")
    for check in criterion.checks:
        _line(f"· {check.id}: {check.says}  (level {check.level}, weight {check.weight})")
        _line("phrasings: " + " | ".join(check.phrasings), 6)
        _line(f"probe: {check.probe}", 6)
        _line(f"next: {check.next}", 6)
    for follow_up in criterion.follow_ups:
        _line(f"follow-up: {follow_up}")


def _field(name: str, text: str) -> None:
    if text:
        print(textwrap.fill(f"{name}: {text}", WIDTH, subsequent_indent="  "))


def _section(name: str, lines: Iterable[str]) -> None:
    print(f"\n{name}")
    for line in lines:
        _line(line)


def _line(text: str, indent: int = 2) -> None:
    """Print a text, wrapped and indented, its paragraphs kept apart."""
    for paragraph in text.split("\n"):
        print(textwrap.fill(paragraph, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent))
