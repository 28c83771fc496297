"""The card of a round in its channel, and how a round begins: pure functions of what is known then."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat import codec, daily
from bot.chat.ids import Round
from bot.chat.meanings import Choices, DailyCard, Meaning, Option
from bot.study import saying
from bot.study.sealed import Phase, RoundState


def name(round_id: Round) -> str:
    """The id of the reply that is the card."""
    return f"{round_id.address}:card"


def begun(body: Mapping[str, object]) -> RoundState:
    """The round that a board opens: the body is a round as it is at first."""
    found = codec.from_plain(RoundState, dict(body))
    assert isinstance(found, RoundState)
    return found


def card(state: RoundState) -> tuple[Meaning, ...]:
    """The question as it stands, with what can be done about it."""
    status, at_ms = _status(state)
    shown = DailyCard(
        heading=state.heading,
        title=state.title,
        text=state.text,
        status=status,
        at_ms=at_ms,
        at_text=saying.moment(at_ms, state.zone) if at_ms else "",
        mention=state.mention,
        credit=state.credit,
    )
    options = _options(state)
    return (shown, Choices("", options)) if options else (shown,)


def rated_ms(state: RoundState) -> int:
    """Until when answers are rated."""
    return state.reveal_ms + state.rating_h * 3_600_000


def _status(state: RoundState) -> tuple[str, int]:
    answers = len(state.standing)
    counted = saying.counted(answers, "answer")
    if state.phase is Phase.OPEN:
        return f"{counted} so far, sealed. All are opened at once:" if answers else "All answers are opened at once:", (
            state.reveal_ms
        )
    if not answers:
        return "Nobody answered this one.", 0
    if state.phase is Phase.RATING:
        return f"{counted}, opened in the thread. {saying.RATED_UNTIL[state.numbers]}", rated_ms(state)
    ratings = f", {saying.counted(len(state.ratings), 'rating')}" if state.numbers else ""
    return f"{counted}{ratings}. The feedback is with their authors.", 0


def _options(state: RoundState) -> tuple[Option, ...]:
    if state.phase is Phase.OPEN:
        return (Option(daily.ANSWER, "Answer", state.id.key, style="primary"),)
    if state.phase is Phase.RATING:
        label = "Rate answers" if state.numbers else "Respond to answers"
        return (Option(daily.RATE, label, state.id.key, style="primary"),)
    return ()


def sealed_options(state: RoundState) -> tuple[Option, ...]:
    """What somebody can do about the answer they have sealed."""
    return (
        Option(daily.ANSWER, "Change it", state.id.key),
        Option(daily.TAKE_BACK, "Take it back", state.id.key, style="danger"),
    )
