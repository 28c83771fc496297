"""What an interview tells the record of the person who held it. How a record is kept is in `bot.study`."""

from __future__ import annotations

from bot.chat import codec
from bot.chat.events import Told
from bot.chat.ids import Address
from bot.chat.replies import Tell
from bot.interview import feedback
from bot.interview.desk import Desk

FORGET, FORGOTTEN = "forget", "forgotten"
"""What a person's record tells a conversation that is to be forgotten, and what that answers when it was."""


def forgotten(event: Told) -> Tell:
    """The answer to the record of the person who asked. It arrives after everything this conversation told it before."""
    name, person = f"{event.id}:done", Address(str(event.body["person"]))
    return Tell(name, Told(name, person, event.at_ms, FORGOTTEN, {"conversation": event.to}))


def remember(desk: Desk, unfinished: bool = False) -> None:
    """Tell the person's own record how this interview stands."""
    session = desk.session
    judgement = session.judgement
    card = feedback.scorecard(session, desk.question, desk.rubric, judgement) if judgement is not None else None
    body: dict[str, object] = {
        "interview": session.id,
        "conversation": session.conversation,
        "question": session.question,
        "title": desk.question.title,
        "type": desk.question.type.value,
        "level": session.level,
        "mind": judgement.mind if judgement is not None else session.mind,
        "at_ms": session.started_ms,
        "unfinished": unfinished,
    }
    if card is not None:
        body["scorecard"] = codec.to_plain(card)
    if session.helped is not None:
        body["helped"] = session.helped
    if session.redo is not None and session.redo.after is not None:
        body["redo"] = codec.to_plain(session.redo.after)
    desk.inform(session.candidate.address, "interview", body)
