"""Trying a question: an interview that leaves no trace, then what the offline coach credits, sentence by sentence.

The interview itself is `practice`'s or `script`'s, on a library with the file added and on keys of its own.
"""

from __future__ import annotations

import argparse
import textwrap
import uuid
from collections.abc import Sequence

from bot.commands import CannotRun, script
from bot.commands.author import with_file
from bot.commands.practice import Apart, practise
from bot.interview import evidence, feedback
from bot.interview import session as sessions
from bot.interview.evidence import Sentence
from bot.interview.grader import GradeRequest
from bot.library.finding import is_unwritten
from bot.library.items import Question
from bot.library.load import Library, Unknown
from bot.library.texts import of
from bot.models.offline.grader import OfflineGrader
from bot.settings import Settings

WIDTH = 96
FAREWELL = "That was a try; nothing of it is kept."
NOTHING_SAID = "Nothing was said that the coach could look at."
MARKS = {"covered": "●", "unsure": "◐"}


async def run(configured: Settings, args: argparse.Namespace) -> int:
    """Try a question; 0 when the interview was held or left."""
    library, name = with_file(configured.questions, args.question)
    try:
        question = library.question(name)
        library.rubric(question.type)
    except Unknown as unknown:
        raise CannotRun(str(unknown)) from None
    count = len(question.variants)
    if not 1 <= args.variant <= max(count, 1):
        raise CannotRun(f"{question.id} has {f'variants 1 to {count}' if count else 'no variants'}.")
    left = sum(is_unwritten(text) for text in of(question))
    if left:
        print(f"{left} texts of this question are still to be written, so some of this will read oddly.\n")
    coach = _Coach(library)
    if args.exemplars:
        drawn = question.drawn(args.variant - 1)
        for what in ("weak", "adequate", "outstanding"):
            print(f"The {what} answer")
            await coach.tell(drawn, evidence.number([(0, getattr(drawn.exemplars, what))]))
        return 0

    async def ended(stored: bytes | None) -> None:
        if stored is None:
            return
        held = sessions.load(stored)
        print("\nWhat the offline coach credits")
        await coach.tell(library.drawn(held.question, held.seed), held.sentences(), held.level)

    asked = argparse.Namespace(
        **{**vars(args), "question": name, "type": None, "job": None, "seed": args.variant - 1, "json": False}
    )
    apart = Apart(library, f"{configured.namespace}-try-{uuid.uuid4().hex[:8]}", ended, FAREWELL)
    return await (practise if args.script is None else script.run)(configured, asked, apart)


class _Coach:
    """The offline coach, saying what each sentence earned."""

    def __init__(self, library: Library) -> None:
        self._grader = OfflineGrader(library.thesaurus if library.own_words else None)

    async def tell(self, question: Question, sentences: Sequence[Sentence], level: str = "senior") -> None:
        """Print every sentence with the checks it was credited with, then the checks that nothing earned."""
        if not sentences:
            print(NOTHING_SAID)
            return
        judged = await self._grader.grade(GradeRequest("try", question, level, tuple(sentences)))
        earned: dict[int, list[str]] = {}
        for finding in judged.findings:
            for number in finding.sentences:
                mark = MARKS.get(finding.verdict.value)
                if mark:
                    earned.setdefault(number, []).append(f"{mark} {question.check(finding.check).says}")
        for sentence in sentences:
            credited = earned.get(sentence.number, [])
            print(textwrap.fill(f"“{sentence.text}”", WIDTH, initial_indent="  ", subsequent_indent="   "))
            for line in credited or ["○ nothing"]:
                print(textwrap.fill(line, WIDTH, initial_indent="      ", subsequent_indent="        "))
        nowhere = [finding.check for finding in judged.findings if finding.verdict.value not in MARKS]
        if nowhere:
            print("\n  Not spotted anywhere")
            for check in nowhere:
                print(
                    textwrap.fill(
                        question.check(check).says, WIDTH, initial_indent="    ○ ", subsequent_indent="      "
                    )
                )
        for note in feedback.flag_notes(judged.flags):
            print(textwrap.fill(note, WIDTH, initial_indent="  ", subsequent_indent="  "))
        share = feedback.total_coverage(question, {finding.check: finding for finding in judged.findings})
        print(f"\n  ● covered, ◐ unsure, ○ nothing. {round(share * 100)} of 100 covered by weight.\n")
