"""What a stream asks next, and what the bodies of events hold: small pure functions that a board is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.library.load import Library
from bot.study import agreement, drawing, stream_form
from bot.study.stream import Asked, BoardState, Stream

Body = Mapping[str, object]


def pool(stream: Stream, board: BoardState, library: Library) -> tuple[drawing.Item, ...]:
    """The questions a stream may ask: of the library, and by members where no filter speaks against them."""
    suggested = tuple(
        drawing.Item(f"suggested:{held.id}", held.type, stream.levels, (), stream_form.SUGGESTED)
        for held in board.suggestions
        if held.approved
    )
    everything = (*stream_form.pool(library), *suggested)
    return drawing.matching(everything, stream.types, stream.levels, stream.tags, stream.packs)


def weakness(board: BoardState) -> dict[str, float]:
    """How weak the group is at each type and criterion, 0 to 1."""
    return agreement.weakness([agreement.Label(held.key, held.weakness, held.count) for held in board.seen])


def draw(stream: Stream, board: BoardState, library: Library) -> str | None:
    """The question a stream asks next; None if there is none. What another stream of the channel asked counts as asked."""
    asked = sorted((one for held in board.streams for one in held.asked), key=lambda one: one.at_ms)
    seed = f"{stream.id}:{len(stream.asked)}:{stream.extra}:{stream.since_ms}"
    return drawing.draw(pool(stream, board, library), [one.question for one in asked], weakness(board), seed)


def coming(stream: Stream, board: BoardState, library: Library, count: int) -> list[str]:
    """The next questions as they stand now, if nothing more is learnt of the group."""
    found: list[str] = []
    for number in range(count):
        drawn = draw(stream, board, library)
        if drawn is None:
            break
        found.append(drawn)
        stream = stream.with_asked(Asked(f"next-{number}", drawn, "", "", 2**52 + number))
        board = board.with_stream(stream)
    return found


def title(question: str, board: BoardState, library: Library) -> str:
    """What a question is called."""
    if question.startswith("suggested:"):
        name = question.removeprefix("suggested:")
        return next((held.title for held in board.suggestions if held.id == name), "a member's question")
    return library.question(question).title


def number(held: object) -> int:
    """A whole number from a body; 0 for anything else."""
    return held if isinstance(held, int) else 0


def listed(body: Body, name: str) -> Sequence[Mapping[str, Any]]:
    """The list of objects under a name."""
    held = body.get(name)
    return [one for one in held if isinstance(one, Mapping)] if isinstance(held, (list, tuple)) else []


def counts(body: Body, name: str) -> dict[str, int]:
    """The counts under a name."""
    held = body.get(name)
    return {str(key): number(value) for key, value in held.items()} if isinstance(held, Mapping) else {}


def shares(body: Body, name: str) -> dict[str, float]:
    """The shares under a name."""
    held = body.get(name)
    if not isinstance(held, Mapping):
        return {}
    return {str(key): float(value) for key, value in held.items() if isinstance(value, (int, float))}


def levels(body: Body) -> dict[str, list[int]]:
    """The levels that were given, by criterion."""
    held = body.get("levels")
    if not isinstance(held, Mapping):
        return {}
    return {
        str(key): [number(one) for one in value] for key, value in held.items() if isinstance(value, list) and value
    }
