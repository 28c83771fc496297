"""What Hotseat says about daily questions, in its one voice. Words that belong to one form only stand with that form."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SEALED = "Sealed. Nobody sees it until all the answers are opened; until then you can change it or take it back."
TAKEN_BACK = "Taken back. Nobody saw it, and you can still answer until all are opened."
TAKEN_OUT = "Taken out. The thread says that its author took it back, and nobody is asked to rate it any more."
NOTHING_THERE = "There's no answer of yours here."
TOO_LATE = "The answers to this one are open, so it takes no more. The next question comes by itself."
CAME_LATE = (
    "This reached me just after the answers were opened, so it isn't among them. Here it is, so that you have it:"
)
OVER = "This question is over. The next one comes by itself."
NOT_OPEN_YET = "The answers are still sealed. You can rate some once they are opened."
RATED_ALL = "That's all I have for you. Thank you. Feedback goes out when the others are done."
RATED_MORE = "Noted. There's one more for you."
NOBODY_ELSE = "There's nobody else's answer here that you haven't rated."
NOT_YOURS = "That one is yours; the others rate it."
GONE_MEANWHILE = "Its author has taken that answer back. There's nothing you need to do."
UNKNOWN = "I don't know that question any more. The next one comes by itself."
NO_BOARD = "There's no daily question in this channel yet. Whoever runs the channel can set one up: /hotseat daily new."
NOT_ALLOWED = (
    "Only people who run this channel can change its daily questions. You can suggest a question, though: "
    "/hotseat daily suggest."
)
NO_STREAM = "That daily question isn't there any more. /hotseat daily shows what is."
CHOSEN = "Kept. /hotseat daily mine changes it again."

SUGGESTED = "Thank you. Whoever runs this channel looks at it, and I'll tell you what they decide."
TOO_MANY = "There are ten questions of yours waiting already. Let those be looked at first."
APPROVED = "{title}: your question is in. It will be asked one of these days."
DECLINED = "{title}: not this time. Thank you for suggesting it."
DECIDED = "That one is decided already."
A_MEMBERS = "A member's question"
QUESTION_BACK = "Whoever suggested this question has taken it back."

NO_POOL = "{name} is paused: no question fits its filters any more. Change them under /hotseat daily, and it goes on."
NOTHING_FITS = "No question fits the filters of {name}. Change them, and there will be something to show."
RUNS_DRY = (
    "{name} has {left} left that this channel hasn't had; in a week the oldest begin to come round again. "
    "Wider filters help, and so do questions by members: /hotseat daily suggest."
)
RUN_DRY = (
    "{name} has asked everything that fits its filters, so the oldest questions come round again. "
    "Wider filters help, and so do questions by members: /hotseat daily suggest."
)
SKIPPED = "{name}: I was away when the question of {days} was due, so I left it out. The next one comes as planned."
GONE = "{name} is paused, because I can't post in its channel: {reason}. Nothing is lost. Once I can, press Go on."
JUST_POSTED = "It was posted a moment ago."

REMINDER = "{title} is still open, and you wanted to hear of it. All answers are opened at {when}."
INVITE = (
    "The answers are open. I have {count} for you to rate, without names, on the scale the coach uses. "
    "The coach reads yours once everybody has rated."
)
INVITE_IN_WORDS = (
    "The answers are open. I have {count} for you to read, without names: say what worked and what you would try next. "
    "The coach reads yours once everybody has."
)
RATED_UNTIL = {True: "Ratings close:", False: "Open for responses until:"}
UNSHOWN = "And {count}, which didn't fit here. They are rated and read like the others."


def moment(at_ms: int, zone: str) -> str:
    """A moment in words, in a stream's zone: "18:00 on Tue 3 Mar (Europe/London)"."""
    local = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))
    return f"{local:%H:%M} on {local:%a} {local.day} {local:%b} ({zone})"


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 answer", "3 answers"."""
    return f"{count} {one if count == 1 else many or one + 's'}"
