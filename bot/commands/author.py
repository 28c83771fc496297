"""`hotseat questions new` and `try`: begin a question's file, and hold an interview on it before anybody else sees it.

Asking for a whole question is `bot.commands.guide`'s work, the interview `bot.commands.tryout`'s.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.commands import CannotRun

if TYPE_CHECKING:
    from bot.library.load import Library

FOLDER = Path("our-questions")
"""Where a first question goes when nothing names another folder."""

LEVELS = ("mid", "senior", "principal")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `new` and `try`."""
    new = commands.add_parser(
        "new",
        help="begin a question of your own",
        description="Begin a question of your own. Asks for what the options don't say; with --type and --title it asks "
        "nothing and writes a file to fill in.",
    )
    new.add_argument("--type", metavar="TYPE", help="kind of question, such as concept or debugging")
    new.add_argument("--title", metavar="WORDS", help="a few words that name it in a list")
    new.add_argument("--id", metavar="NAME", help="its short name, which is also the file's (default: from the title)")
    new.add_argument("--levels", metavar="LIST", help="such as mid,senior")
    new.add_argument("--minutes", type=int, metavar="N", help="how long it takes, 1 to 60")
    new.add_argument("--tags", metavar="LIST", help="topics, such as rag,latency")
    new.add_argument("--persona", metavar="LIST", help="who asks, such as cpo")
    new.add_argument("--prompt", metavar="TEXT", help="the scene and what you want to know")
    new.add_argument(
        "--to", type=Path, metavar="FOLDER", help="your group's folder (default: HOTSEAT_QUESTIONS, or our-questions)"
    )
    new.set_defaults(handler=_new)

    held = commands.add_parser(
        "try",
        help="hold an interview on one question or file, and see what the coach credits",
        description="Hold an interview on one question, or on a file that is in no bank yet. Nothing of it is kept. At the end "
        "the offline coach says what it credited, sentence by sentence.",
    )
    held.add_argument("question", metavar="FILE", help="a question's file, or its id")
    held.add_argument("--level", choices=LEVELS, help="the level it is held at")
    held.add_argument("--minutes", type=int, metavar="N", help="length of the interview, 1 to 120")
    held.add_argument("--persona", metavar="ID", help="who interviews you")
    held.add_argument("--variant", type=int, default=1, metavar="N", help="which variant is drawn, from 1")
    held.add_argument(
        "--mind", choices=("auto", "claude", "offline"), default="offline", help="who leads (default: offline)"
    )
    held.add_argument(
        "--script", type=Path, metavar="FILE", help="take the answers from a file, parted by lines of ---"
    )
    held.add_argument(
        "--exemplars", action="store_true", help="no interview: what the coach credits in the file's own three answers"
    )
    held.set_defaults(handler=_try)


def library_with(own: Sequence[Path], beside: Path | None) -> Library:
    """The bank with the operator's packs, and the pack that a file or folder stands in, which need not be one of them."""
    from bot.library import packs
    from bot.library.load import Library, shipped

    folders = [folder.resolve() for folder in own]
    if beside is not None:
        around = (beside.resolve(), *beside.resolve().parents)
        root = next((folder for folder in around if packs.is_pack(folder)), None)
        if root is not None and root not in (*folders, shipped("questions").resolve()):
            folders.append(root)
    return Library.of(*folders)


def with_file(own: Sequence[Path], wanted: str) -> tuple[Library, str]:
    """The library and the id of a question that is wanted by its id or by its file; the file's question is then added.

    `ContentError` with everything that is wrong when the file does not have the shape of a question.
    """
    path = Path(wanted)
    if "/" not in wanted and path.suffix not in {".yaml", ".yml"}:
        return library_with(own, None), wanted
    from bot.library.items import Question
    from bot.library.load import read
    from bot.library.problems import validated

    resolved = path.resolve()
    question = validated(Question, path, read(resolved, resolved.parent))
    return library_with(own, path).beside(question, resolved), question.id


def _new(args: argparse.Namespace) -> int:
    from bot import settings
    from bot.commands import guide
    from bot.library import skeleton

    own = settings.load().questions
    folder = args.to or (own[-1] if own else FOLDER)
    library = library_with(own, folder)
    given = _given(args, library)
    guided = "type" not in given or "title" not in given
    stopped = False
    if guided:
        try:
            guide.basics(given, library)
        except guide.Stopped:
            raise CannotRun("Stopped before there was enough for a file; nothing was written.") from None
        try:
            guide.say(
                "\nYou can write the rest here, or in the file with an editor that completes and checks as you type."
            )
            if guide.line("here or editor", "editor", _here_or_editor) == "here":
                guide.whole(given, library.rubric(given["type"]))
        except guide.Stopped:
            stopped = True
            skeleton.fill_up(given, library.rubric(given["type"]))
    path = _written(given, library, folder)
    if stopped:
        print("What you have said so far is in the file.")
    return _told(path, folder, own)


def _given(args: argparse.Namespace, library: Library) -> dict[str, Any]:
    """What the options say, as fields of a question; `CannotRun` for what cannot be one."""
    from bot.commands.guide import words
    from bot.library.items import Kind
    from bot.library.skeleton import slug

    named = {"type": args.type, "title": args.title, "id": args.id, "minutes": args.minutes, "prompt": args.prompt}
    given: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    lists = {"levels": args.levels, "tags": args.tags, "personas": args.persona}
    given |= {name: words(value) for name, value in lists.items() if value is not None}
    if "type" in given and given["type"] not in list(Kind):
        raise CannotRun(f"There is no type {given['type']!r}; it is one of {', '.join(Kind)}.")
    for persona in given.get("personas", ()):
        if persona not in library.personas:
            raise CannotRun(f"There is no persona {persona!r}; there are {', '.join(library.personas)}.")
    if "title" in given and "type" in given:
        given.setdefault("id", slug(given["title"]))
    return given


def _here_or_editor(text: str) -> str:
    return "" if text in {"here", "editor"} else "here, or editor."


def _written(given: dict[str, Any], library: Library, folder: Path) -> Path:
    """Write the file, once it has the shape of a question; never over one that is there."""
    from bot.library import problems, skeleton
    from bot.library.items import Question
    from bot.library.strict_yaml import parse

    text = skeleton.skeleton(
        given, library.rubric(given["type"]), "../../schema/question.schema.json", library.personas
    )
    path = folder / "items" / given["type"] / f"{given['id']}.yaml"
    # What the options say is refused in the words of lint, before anything is written.
    question = problems.validated(Question, path, parse(text))
    try:
        skeleton.prepare(folder, folder.resolve().name or "our questions")
        path = folder / "items" / question.type.value / f"{question.id}.yaml"
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise CannotRun(f"{path} is there already; give the new question another --id, or edit that file.") from None
    except OSError as error:
        raise CannotRun(f"{path} can't be written: {(error.strerror or 'no reason given').lower()}.") from None
    return path


def _told(path: Path, folder: Path, own: tuple[Path, ...]) -> int:
    from bot.library.lint import lint
    from bot.library.problems import Severity

    found = [problem for problem in lint(path) if problem.severity is Severity.ERROR]
    print(f"Written: {path}")
    left = sum("still to be written" in problem.message for problem in found)
    if left:
        print(f"{left} texts are still to be written; each begins with (write).")
    for problem in [problem for problem in found if "still to be written" not in problem.message]:
        print(problem)
    print(f"\nThen:  hotseat questions lint {path}\n       hotseat questions try {path}")
    if folder.resolve() not in [one.resolve() for one in own]:
        print(f"\nTo have it asked:  export HOTSEAT_QUESTIONS={folder.resolve()}")
    return 0


def _try(args: argparse.Namespace) -> int:
    import asyncio

    from bot import settings
    from bot.commands import tryout
    from bot.commands.practice import configure_logging

    configured = settings.load()
    configure_logging(configured, aside=args.script is None and sys.stderr.isatty())
    return asyncio.run(tryout.run(configured, args))
