"""How an interview begins, is paused, and is taken up again.

Choosing what to ask is `library.choose`'s; this decides who asks it, at which level and for how long, and says so.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Mapping
from dataclasses import replace

from bot.chat.events import Ran
from bot.chat.ids import Address, Person
from bot.chat.meanings import Choices, Option, Paragraph, Passage, QuestionCard
from bot.chat.replies import Operation, Progressing, Reply, Role
from bot.interview import rules, words
from bot.interview.desk import Desk
from bot.interview.minds import Minds
from bot.interview.remember import remember
from bot.interview.session import Clock, Phase, Session, Turn
from bot.library import posting
from bot.library.items import Kind, Level, Question
from bot.library.load import Library

SEEN_LIMIT = 200
"""How many past questions a conversation remembers, so that the next one is new."""

RESUME, REPLACE = "resume", "replace"

SETUP_FORM = "setup"
"""The form that asks what to practise; its fields are the options of the `practice` command."""


THREAD = "thread"
"""The command to hold an interview in a thread of its own, given to a channel; its options are those of `practice`."""


JOB, FOCUS = "job", "focus"
"""Options: a job description to choose by, and what was found in one (`posting.dump`), which stands in its place."""


class Refused(Exception):
    """An interview cannot begin as asked; the message is for the person, in plain words."""


def begin(
    library: Library,
    minds: Minds,
    progress: Progressing,
    conversation: Address,
    candidate: Person,
    options: Mapping[str, str],
    name: str,
    now_ms: int,
    before: Session | None,
) -> Desk:
    """A new interview, posed. `options` are those of the `practice` command; `Refused` if they cannot be met."""
    options = settled(library, options)
    question = _choose(library, options, name, before)
    level = _level(options, question)
    persona = options.get("persona") or question.personas[0]
    _known_persona(library, persona)
    seen = before.seen if before is not None else ()
    session = Session(
        id=name,
        conversation=conversation,
        candidate=candidate,
        question=question.id,
        seed=_seed(options, name),
        level=level,
        persona=persona,
        mind=options.get("mind") or "auto",
        clock=Clock(limit_ms=_minutes(options, question) * 60_000).started(now_ms),
        started_ms=now_ms,
        open_move="pose:",
        quiet=options.get("quiet") == "yes",
        seen=(*(past for past in seen if past != question.id), question.id)[-SEEN_LIMIT:],
    )
    desk = Desk(session, library, minds, now_ms, progress)
    if minds.order(session.mind)[0] == "offline":
        desk.tell("note", words.OFFLINE)
    if options.get(FOCUS) and not options.get("question"):
        desk.tell("job", posting.said(posting.load(options[FOCUS])))
    pose(desk)
    # The person's record names every conversation that holds their words, from the first moment.
    remember(desk, unfinished=True)
    return desk


def settled(library: Library, options: Mapping[str, str]) -> dict[str, str]:
    """The options with what was found in a job description in place of the description, which is kept nowhere."""
    left = {name: value for name, value in options.items() if name != JOB}
    if options.get(JOB, "").strip():
        found = posting.read(options[JOB], library.tags)
        left[FOCUS] = posting.dump(replace(found, level="") if options.get("level") else found)
    return left


def thread(channel: Address, asked: Ran) -> Reply:
    """Open a thread for somebody's interview, and begin it there."""
    whose = f"{asked.person.name}'s mock interview" if asked.person.name else "A mock interview"
    text = f"{whose}, held in this thread. Listen along, please; only the candidate's messages are answers."
    begins = Ran(f"{asked.id}:begins", channel, asked.at_ms, asked.person, "practice", asked.options)
    meaning = Paragraph(text)
    return Reply(
        f"{asked.id}:thread",
        channel,
        Role.SYSTEM,
        "thread",
        (meaning,),
        Operation.THREAD,
        person=asked.person,
        begins=begins,
    )


def check(library: Library, options: Mapping[str, str]) -> None:
    """Raise `Refused` if no interview could begin with these options."""
    options = settled(library, options)
    question = _choose(library, options, "", None)
    _level(options, question)
    _minutes(options, question)
    _known_persona(library, options.get("persona") or question.personas[0])


def _known_persona(library: Library, persona: str) -> None:
    try:
        library.persona(persona)
    except LookupError as error:
        raise Refused(str(error.args[0])) from None


def pose(desk: Desk) -> None:
    """Greet, and put the scenario."""
    persona, session = desk.persona, desk.session
    text = scenario(desk)
    spoken = f"{persona.greeting}\n\n{text}"
    turn = Turn("interviewer", spoken, desk.now_ms, "pose")
    desk.update(turns=(*session.turns, turn))
    desk.post(Role.INTERVIEWER, "pose", card(desk, text, greeting=persona.greeting))


def scenario(desk: Desk) -> str:
    """What was put to the candidate: the prompt, what its level adds, and one question."""
    return _with_one_question(put(desk.question, desk.session.level), desk)


def put(question: Question, level: str) -> str:
    """What is put to people who answer all at once: the prompt with what its level adds, ending in its request."""
    adds = next((note.adds for known, note in question.by_level.items() if known == level), "")
    return _with_level(question.prompt.strip(), adds)


def _with_level(prompt: str, adds: str) -> str:
    """The scenario with what its level adds, before the request, which stays the last thing said."""
    if not adds:
        return prompt
    request = words.request_of(prompt)
    return f"{prompt[: len(prompt) - len(request)].rstrip()} {adds.strip()} {request}".strip()


def _with_one_question(text: str, desk: Desk) -> str:
    return text if "?" in text else f"{text} {desk.floor()}"


def card(desk: Desk, text: str, greeting: str = "") -> QuestionCard:
    """The question as a card."""
    persona, session = desk.persona, desk.session
    return QuestionCard(
        speaker=persona.name,
        role=persona.role,
        kind=desk.rubric.label,
        level=session.level,
        minutes=session.clock.limit_ms // 60_000,
        title=desk.question.title,
        text=f"{greeting}\n\n{text}" if greeting else text,
        help=words.HELP,
    )


def _choose(library: Library, options: Mapping[str, str], name: str, before: Session | None) -> Question:
    try:
        if options.get("question"):
            return library.question(options["question"])
        kind = Kind(options["type"]) if options.get("type") else None
        level = Level(options["level"]) if options.get("level") else None
        seen = frozenset(before.seen) if before is not None else frozenset()
        seed, found = _seed(options, name), posting.load(options.get(FOCUS, ""))
        if level is None and found.level:
            with contextlib.suppress(LookupError):
                return library.choose(kind, found.level, seen, seed, found.focus)
        return library.choose(kind, level, seen, seed, found.focus)
    except LookupError as error:
        raise Refused(str(error.args[0])) from None
    except ValueError as error:
        raise Refused(_unknown_option(options, error)) from None


def _unknown_option(options: Mapping[str, str], error: ValueError) -> str:
    for option, kinds in (("type", Kind), ("level", Level)):
        wanted = options.get(option, "")
        names = [kind.value for kind in kinds]
        if wanted and wanted not in names:
            return f"There is no {option} {wanted!r}. Choose one of: {', '.join(names)}."
    return str(error)


def _level(options: Mapping[str, str], question: Question) -> str:
    wanted = options.get("level")
    if not wanted:
        named = posting.load(options.get(FOCUS, "")).level
        if named in [level.value for level in question.levels]:
            return named
        return Level.SENIOR.value if Level.SENIOR in question.levels else question.levels[0].value
    if wanted not in [level.value for level in Level]:
        raise Refused(f"There is no level {wanted!r}. Choose one of: {', '.join(level.value for level in Level)}.")
    if wanted not in [level.value for level in question.levels]:
        offered = ", ".join(level.value for level in question.levels)
        raise Refused(f"{question.title!r} is not asked at level {wanted}; it is asked at: {offered}.")
    return wanted


def _minutes(options: Mapping[str, str], question: Question) -> int:
    wanted = options.get("minutes")
    if not wanted:
        return question.minutes
    if not wanted.isascii() or not wanted.isdigit() or not 1 <= int(wanted) <= 120:
        raise Refused("Minutes must be a whole number from 1 to 120.")
    return int(wanted)


def _seed(options: Mapping[str, str], name: str) -> int:
    if options.get("seed"):
        return int(options["seed"])
    # From the name, so that handling the same command again after a crash draws the same variant.
    return zlib.crc32(name.encode())


def offer(desk: Desk, options: Mapping[str, str]) -> None:
    """An interview is open: go on with it, or replace it."""
    # Never empty: that it is there says that going on was offered.
    desk.update(pending={"mind": "auto", **options})
    left = words.minutes(desk.session.clock.left(desk.now_ms))
    state = (
        f"{left} left" if desk.session.phase not in {Phase.RATING, Phase.CLOSING} else "only your own rating is missing"
    )
    desk.post(
        Role.SYSTEM,
        "offer",
        Choices(
            f"You have an interview open: {desk.question.title}, {state}. Go on with it, or start a new one?",
            (
                Option(RESUME, "Go on", word="resume", style="primary"),
                Option(REPLACE, "Start a new one", word="replace"),
            ),
        ),
    )


def pause(desk: Desk) -> None:
    """Stop the clock."""
    if desk.session.paused:
        desk.tell("pause", "We're paused already. Type resume to go on.")
        return
    desk.update(paused=True, clock=desk.session.clock.stopped(desk.now_ms))
    desk.tell(
        "pause", f"Paused, with {words.minutes(desk.session.clock.left(desk.now_ms))} left. Type resume to go on."
    )


def away(desk: Desk, since_ms: int) -> None:
    """Nobody was there since `since_ms`: that time does not count, and the interview waits to be taken up."""
    session = desk.session
    if session.running and not session.paused:
        until = max(since_ms, session.clock.since_ms or since_ms)
        desk.update(paused=True, clock=session.clock.stopped(until))


def take_up(desk: Desk) -> None:
    """Go on where the interview stood: the clock runs, and the open question is put again."""
    session = desk.session
    if session.phase is Phase.CLOSING:
        desk.update(paused=False)
        desk.ask("close", words.line("closing_covered", desk.persona, 0), session.stopped_by)
        return
    desk.update(paused=False, clock=session.clock.started(desk.now_ms), pending={})
    left = words.minutes(desk.session.clock.left(desk.now_ms))
    desk.tell("resume", f"We go on: {desk.question.title}, {left} left.")
    last = next((turn for turn in reversed(session.turns) if turn.by == "interviewer"), None)
    if last is None or last.move == "pose":
        desk.post(Role.INTERVIEWER, "pose", card(desk, scenario(desk)))
        return
    # Whoever comes back after a while has the scenario in front of them again, not only the last question.
    desk.post(Role.SYSTEM, "scenario", Passage(desk.question.title, scenario(desk)))
    spoken = last.text if "?" in last.text else words.asking(last.text, rules.open_question(session, desk.question), "")
    desk.ask(last.move, spoken, last.target)
