"""What Hotseat says about daily questions, in its one voice. Words that belong to one form only stand with that form."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SEALED = "Sealed. Nobody sees it before all are opened; until then you can change it or take it back."
TAKEN_BACK = "Taken back. Nobody saw it; you can still answer until all are opened."
TAKEN_OUT = "Taken out. Its place in the thread says so, and it gets no further ratings."
NOTHING_THERE = "There's no answer of yours here."
TOO_LATE = "The answers to this one are open already, so it takes no more. The next question comes by itself."
CAME_LATE = (
    "This reached me just after the answers were opened, so it isn't among them. Here it is, so that nothing is lost:"
)
OVER = "This question is over, and its ratings are in. The next one comes by itself."
NOT_OPEN_YET = "Answers are still sealed. There is something to rate once they are opened."
RATED_ALL = "That's everything I had for you. Thank you; feedback goes out when the others are done."
RATED_MORE = "Noted. There's one more for you."
NOBODY_ELSE = "There's no answer of somebody else here that you haven't rated."
NOT_YOURS = "You can't rate your own answer; its feedback comes to you from the others."
UNKNOWN = "I don't know that question any more. The next one comes by itself."
NO_BOARD = "There's no daily question in this channel yet. Whoever runs the channel can set one up: /hotseat daily new."
NOT_ALLOWED = (
    "Only people who run this channel can change its daily questions. You can suggest a question, though: "
    "/hotseat daily suggest."
)
NO_STREAM = "That daily question isn't there any more."
AS_ASKED = "Done. /hotseat daily shows how it stands."
SUGGESTED = "Thank you. Whoever runs this channel looks at it; I'll tell you when it's in."

NO_POOL = "{name} is paused: no question fits its filters any more. /hotseat daily lets you change them."
RUNS_DRY = (
    "{name} runs dry within a week: {left} that it has not asked. Then the oldest come round again. Wider filters help, and so "
    "do questions by members: /hotseat daily suggest."
)
GONE = (
    "{name} is paused, because I can't post in its channel: {reason}. Nothing is lost. Once I'm back in there, this goes on "
    "with it."
)

REMINDER = "{title} is still open, and you asked me to say so. All answers are opened at {when}."
INVITE = "{count} to rate, on the same scale the coach uses. Names are left out. Then the coach reads your own answer."


def moment(at_ms: int, zone: str) -> str:
    """A moment in words, in a stream's zone: "18:00 on Tue 3 Mar (Europe/London)"."""
    local = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone))
    return f"{local:%H:%M} on {local:%a} {local.day} {local:%b} ({zone})"


def counted(count: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 answer", "3 answers"."""
    return f"{count} {one if count == 1 else many or one + 's'}"
