"""`hotseat grade`: judges a written answer, or a file of them, without an interview. Reads files only; keeps nothing."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.commands import CannotRun

if TYPE_CHECKING:
    from bot.interview.grader import Judgement
    from bot.interview.minds import Minds
    from bot.library.items import Question, Rubric
    from bot.library.load import Library

_MARKS = {"covered": "●", "met": "●", "unsure": "◐", "partly": "◐"}
_WIDTH = 96


class _Row(NamedTuple):
    """One answer to judge, or why its line cannot be judged."""

    id: str | None
    question: str = ""
    answer: str = ""
    error: str = ""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `grade`."""
    parser = subparsers.add_parser(
        "grade",
        help="feedback on a written answer, without an interview",
        description="Judge a written answer to a question, or a file of answers. Nothing is kept.",
    )
    parser.add_argument("question", nargs="?", metavar="QUESTION_ID", help="the question that was answered")
    parser.add_argument("--answer", metavar="FILE", help="the answer as a text file; - reads standard input")
    parser.add_argument(
        "--batch", metavar="FILE", help='answers as JSON lines: {"id", "question", "answer"}; - reads standard input'
    )
    parser.add_argument(
        "--mind", choices=("auto", "claude", "offline"), default="auto", help="who judges (default: auto)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="which variant of the question was asked (default: 0)"
    )
    parser.add_argument(
        "--level",
        choices=("mid", "senior", "principal"),
        help="the level to judge at (default: the question's highest up to senior)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a card")
    parser.set_defaults(handler=_run)


def _run(args: argparse.Namespace) -> int:
    import asyncio

    if args.batch is not None and (args.question or args.answer):
        raise CannotRun("give either a question with --answer, or --batch, not both.")
    if args.batch is None and not (args.question and args.answer):
        raise CannotRun("say which question and where the answer is: hotseat grade QUESTION_ID --answer FILE (or -).")
    return asyncio.run(_grade(args))


async def _grade(args: argparse.Namespace) -> int:
    from bot import app, settings

    text = _text(args.answer if args.batch is None else args.batch)
    configured = settings.load()
    library = app.open_library(configured)
    try:
        app.check_mind(configured, args.mind)
        async with app.minds(configured, library) as minds:
            return await (_batch if args.batch is not None else _single)(text, args, library, minds)
    except app.NoClaude as missing:
        raise CannotRun(str(missing)) from None


async def _single(answer: str, args: argparse.Namespace, library: Library, minds: Minds) -> int:
    from bot.library.load import Unknown

    try:
        question = library.question(args.question)
    except Unknown as unknown:
        raise CannotRun(str(unknown)) from None
    rubric = _rubric(library, question)
    drawn = question.drawn(args.seed)
    judgement = await _judged(minds, drawn, answer, args)
    result = _result(question.id, drawn, rubric, judgement)
    print(json.dumps(result, ensure_ascii=False) if args.json else _card(drawn, result))
    return 0


async def _batch(text: str, args: argparse.Namespace, library: Library, minds: Minds) -> int:
    from bot.library.load import Unknown
    from bot.library.problems import ContentError

    failed = False
    for row in _rows(text):
        error = row.error
        if not error:
            try:
                question = library.question(row.question)
                rubric = _rubric(library, question)
                drawn = question.drawn(args.seed)
                judgement = await _judged(minds, drawn, row.answer, args)
            except (Unknown, ContentError, CannotRun) as problem:
                error = str(problem)
        if error:
            failed = True
            sys.stderr.write(f"hotseat: {error}\n")
            print(
                json.dumps({"id": row.id, "error": error}, ensure_ascii=False)
                if args.json
                else f"{row.id or '?'}: {error}"
            )
            continue
        result = _result(row.id or question.id, drawn, rubric, judgement)
        print(json.dumps(result, ensure_ascii=False) if args.json else f"{result['id']}\n{_card(drawn, result)}\n")
    return 1 if failed else 0


def _rubric(library: Library, question: Question) -> Rubric:
    from bot.library.load import Unknown

    try:
        return library.rubric(question.type)
    except Unknown as unknown:
        raise CannotRun(str(unknown)) from None


def _text(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CannotRun(f"cannot read {name}: {(error.strerror or 'it is not a readable file').lower()}.") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRun(f"{'standard input' if name == '-' else name} is not text in UTF-8.") from None


def _rows(text: str) -> list[_Row]:
    return [_row(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]


def _row(number: int, line: str) -> _Row:
    try:
        held = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return _Row(None, error=f"line {number} is not JSON.")
    if not isinstance(held, dict):
        return _Row(None, error=f'line {number} is not an object with "id", "question" and "answer".')
    name = str(held["id"]) if isinstance(held.get("id"), (str, int)) else None
    missing = [key for key in ("id", "question", "answer") if key not in held]
    if missing:
        return _Row(name, error=f"line {number} has no {' and no '.join(missing)}.")
    if name is None:
        return _Row(None, error=f"line {number}: the id is not text.")
    for key in ("question", "answer"):
        if not isinstance(held[key], str):
            return _Row(name, error=f"line {number}: the {key} is not text.")
    return _Row(name, held["question"], held["answer"])


async def _judged(minds: Minds, question: Question, answer: str, args: argparse.Namespace) -> Judgement:
    from bot.interview import evidence
    from bot.interview.grader import GradeRequest

    level = args.level or _level(question)
    # The seed is also what makes a model's shuffling repeatable.
    request = GradeRequest("grade", question, level, evidence.number([(0, answer)]), seed=args.seed)
    judgement = await minds.grade(request, args.mind)
    if args.mind == "claude" and judgement.mind != "claude":
        sys.stderr.write("hotseat: Claude could not be reached; the offline coach judged this one.\n")
    return judgement


def _level(question: Question) -> str:
    """Senior where the question is asked at it, else the highest level below, else the lowest above."""
    named = [level.value for level in question.levels]
    return next((level for level in ("senior", "mid", "principal") if level in named), named[0])


def _result(row: str, question: Question, rubric: Rubric, judgement: Judgement) -> dict[str, Any]:
    """The one shape of a result, for scripts."""
    from bot.interview import feedback
    from bot.interview import rubric as levels

    lines = feedback.criterion_lines(question, rubric, judgement)
    findings = {finding.check: finding for finding in judgement.findings}
    standing = {line.id: line.level for line in lines}
    return {
        "id": row,
        "question": question.id,
        "mind": judgement.mind,
        "overall": levels.overall(question, rubric, standing) if judgement.numbers else None,
        "coverage": round(feedback.total_coverage(question, findings), 4),
        "criteria": [
            {
                "id": line.id,
                "level": line.level,
                "coverage": round(feedback.coverage(criterion, findings), 4),
                "checks": [
                    {"id": check.id, "verdict": str(check.verdict), "quote": check.quote} for check in line.checks
                ],
                "why": line.why,
                "next": line.next,
            }
            for criterion, line in zip(question.criteria, lines, strict=True)
        ],
        "flags": list(judgement.flags),
    }


def _card(question: Question, result: dict[str, Any]) -> str:
    """The result as plain text. No number is shown unless the mind gives one."""
    import textwrap

    from bot.interview.feedback import OFFLINE_CAVEAT, flag_notes

    overall = result["overall"]
    out = [question.title + (f": {overall}" if overall is not None else ""), ""]
    says = {check.id: check.says for check in question.checks}
    names = {criterion.id: criterion.name for criterion in question.criteria}

    def wrapped(text: str, first: str, rest: str) -> None:
        out.append(textwrap.fill(text, _WIDTH, initial_indent=first, subsequent_indent=rest))

    for criterion in result["criteria"]:
        level = "" if criterion["level"] is None else f": {criterion['level']}"
        out.append(names[criterion["id"]] + level)
        for check in criterion["checks"]:
            wrapped(says[check["id"]], f"  {_MARKS.get(check['verdict'], '○')} ", "    ")
            if check["quote"]:
                wrapped(f"“{check['quote']}”", "    ", "    ")
        wrapped(criterion["next"], "  Next time: ", "    ")
        out.append("")
    for note in flag_notes(result["flags"]):
        wrapped(note, "", "")
    if result["mind"] == "offline":
        wrapped(OFFLINE_CAVEAT, "", "")
    return "\n".join(out).rstrip()
