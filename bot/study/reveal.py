"""How answers are opened: the thread with all of them, what a strong one looks like, who rates whom, and what the coach is given.

Everything here is said in the name of a round, with ids that a repeat would share; a round killed between the first and the
fortieth message goes on with the rest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace

from bot.chat import daily
from bot.chat.meanings import Choices, Meaning, Option, Paragraph, Passage
from bot.library.load import Library
from bot.study import agreement, card, judged, pairing, saying
from bot.study.handled import Out
from bot.study.sealed import Answer, Rating, RoundState

PER_POST, POST_LENGTH, POSTS = 5, 3_000, 40
"""Answers in one message of the thread, and their characters; messages in all. Of five hundred answers a channel sees as many as
anybody would read, in an order that favours nobody; all of them are rated and read by the coach."""

PER_RATER = 3
"""How many answers a member is asked to rate; two where there are few."""

GRADE = "grade"
"""The topic a sheet is told to read an answer."""

EXEMPLARS = "exemplars"
"""What the reply that shows a strong answer is called."""

TAKEN_BACK = "Taken back by its author."


def posts(state: RoundState, library: Library, out: Out) -> RoundState:
    """Show all answers in a thread below the card, then what a strong one looks like; the round with where each is shown."""
    if not state.standing:
        return state
    answers = dict(state.answers)
    groups = _groups(state.standing)
    for group, shown in enumerate(groups[:POSTS]):
        out.post(
            "daily-answers",
            *(_passage(held) for held in shown),
            under=card.name(state.id),
            name=group_name(state, group),
        )
        for held in shown:
            answers[held.person.address] = replace(held, group=group)
    if unshown := sum(len(shown) for shown in groups[POSTS:]):
        said = saying.UNSHOWN.format(count=saying.counted(unshown, "more answer"))
        out.post("daily-answers", Paragraph(said), under=card.name(state.id), name=group_name(state, POSTS))
    if (strong := exemplars(state, library)) is not None:
        name = f"{state.id.address}:{EXEMPLARS}"
        out.post("daily-exemplars", *strong, under=card.name(state.id), name=name)
    return replace(state, answers=answers)


def group_name(state: RoundState, group: int) -> str:
    """The id of the reply that shows a group of answers."""
    return f"{state.id.address}:answers:{group}"


def is_post(state: RoundState, reply: str) -> bool:
    """Whether a reply is one that a round posts in its channel, and no later change of it."""
    return reply == card.name(state.id) or reply.startswith(
        (f"{state.id.address}:answers:", f"{state.id.address}:{EXEMPLARS}")
    )


def redraw(state: RoundState, group: int, out: Out) -> None:
    """Show a group again, because somebody's answer is no longer in it."""
    held = [one for one in state.answers.values() if one.group == group]
    shown: list[Meaning] = [_passage(one) for one in sorted(held, key=lambda one: one.number)]
    out.edit("daily-answers", group_name(state, group), *(shown or [Paragraph(TAKEN_BACK)]))


def _groups(answers: tuple[Answer, ...]) -> list[list[Answer]]:
    groups: list[list[Answer]] = []
    length = 0
    for held in answers:
        if not groups or len(groups[-1]) == PER_POST or length + len(held.text) > POST_LENGTH:
            groups.append([])
            length = 0
        groups[-1].append(held)
        length += len(held.text)
    return groups


def _passage(held: Answer) -> Passage:
    name = held.person.name if held.named and held.person.name and not held.gone else ""
    title = f"Answer {held.number}" + (f", {name}" if name else "")
    return Passage(title, TAKEN_BACK if held.gone else held.text)


def exemplars(state: RoundState, library: Library) -> tuple[Meaning, ...] | None:
    """An adequate and an outstanding answer and what separates them; None for a member's question."""
    question = judged.question_of(state, library)
    if question is None:
        return None
    held = question.exemplars
    return (
        Passage("An adequate answer", held.adequate),
        Passage("An outstanding one", held.outstanding),
        Paragraph(held.difference),
    )


# Who rates whom


def assigned(state: RoundState) -> RoundState:
    """The round with who rates whose answers."""
    authors = tuple(held.person.address for held in state.standing)
    wanted = PER_RATER if len(authors) > PER_RATER else max(1, len(authors) - 1)
    given = pairing.assign(authors, authors, wanted, str(state.seed))
    return replace(state, assigned={rater: tuple(whose) for rater, whose in given.items()})


def next_for(state: RoundState, rater: str) -> Answer | None:
    """The answer a member rates next: the next they were given, or, once those are done, one with the fewest ratings."""
    standing: dict[str, Answer] = {held.person.address: held for held in state.standing}
    rated = state.rated_by(rater)
    for author in state.assigned.get(rater, ()):
        if author in standing and author not in rated:
            return standing[author]
    counts = Counter[str](dict.fromkeys(standing, 0))
    counts.update(one.author for one in state.ratings if one.author in standing)
    free = pairing.next_for(rater, counts, rated, str(state.seed))
    return standing[free] if free is not None else None


def invitations(state: RoundState, out: Out) -> None:
    """Ask everybody who answered to rate what they were given."""
    for held in state.standing:
        count = len(state.assigned.get(held.person.address, ()))
        invite = saying.INVITE if state.numbers else saying.INVITE_IN_WORDS
        text = f"{state.title}: {invite.format(count=saying.counted(count, 'answer'))}"
        rate = Option(daily.RATE, "Rate the first", state.id.key, style="primary")
        take_out = Option(daily.TAKE_BACK, "Take mine out", state.id.key)
        out.confide(held.person, "daily-invite", Choices(text, (rate, take_out)))


# What comes of it


def to_the_coach(state: RoundState, library: Library, out: Out) -> None:
    """Hand every answer to the coach, with what members made of it; tell those who rated without answering how close they came."""
    of: dict[str, list[Rating]] = defaultdict(list)
    for one in state.ratings:
        of[one.author].append(one)
    names, answers = judged.criteria(state, library), len(state.standing)
    for held in state.standing:
        author = held.person.address
        body = {
            "round": state.id.address,
            "board": state.id.board.address,
            "title": state.title,
            "question": "" if judged.question_of(state, library) is None else state.question,
            "seed": state.seed,
            "level": state.level,
            "type": state.type,
            "numbers": state.numbers,
            "at_ms": held.at_ms,
            "text": held.text,
            "person": {"platform": held.person.platform, "workspace": held.person.workspace, "id": held.person.id},
            "peers": judged.found(of[author], names),
            "raters": len(of[author]),
            "answers": answers,
            "suggested": state.suggested,
            "close": closeness(state, author),
        }
        out.tell(state.id.sheet(held.person), GRADE, body, name=f"{state.id.sheet(held.person)}:{GRADE}")
    for address, person in state.volunteers.items():
        close = closeness(state, address)
        if close:
            out.confide(person, "daily-close", Paragraph(f"{state.title}: {close}"))


def closeness(state: RoundState, rater: str) -> str:
    """How close a member's ratings came to the others' of the same answers, in words; empty if there is nothing to compare."""
    if not state.numbers:
        return ""
    return agreement.say_closeness(_levels(state.ratings, rater, own=True), _levels(state.ratings, rater, own=False))


def _levels(ratings: tuple[Rating, ...], rater: str, *, own: bool) -> Mapping[tuple[str, str], tuple[int, ...]]:
    held: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in ratings:
        if (one.rater == rater) is own:
            for criterion, level in one.levels.items():
                held[(one.author, criterion)].append(level)
    return {key: tuple(levels) for key, levels in held.items()}


def summary(state: RoundState, library: Library) -> dict[str, object]:
    """What a board is told when a round is over: how many took part, and how the group did on what."""
    names = {one.id: one.dimension for one in judged.criteria(state, library)}
    levels: dict[str, list[int]] = defaultdict(list)
    for one in state.ratings:
        for criterion, level in one.levels.items():
            levels[names.get(criterion, criterion)].append(level)
    raters = Counter(one.rater for one in state.ratings)
    return {
        "stream": state.stream,
        "day": state.day,
        "type": state.type,
        "answers": len(state.standing),
        "levels": {name: list(held) for name, held in levels.items()},
        "raters": dict(raters),
    }
