"""What a terminal can take, in one table, each number with its reason. Nothing here is ours to choose lightly."""

from __future__ import annotations

LINE_BYTES = 4095
"""Longest line, in bytes, that a terminal hands over when the kernel edits lines (canonical mode): Linux keeps 4096 with
the line's end and drops the rest in silence. The prompt reads keys one by one (raw mode) and has no such limit; only a
terminal too plain for the prompt (TERM=dumb) is read this way. Pipes and files have no limit either."""

WIDEST = 92
"""Columns used at most: beyond about 80 characters of text a line the eye loses its way back."""

NARROW = 60
"""Below this width a name stands above what is said instead of beside it."""

NAME = 8
"""Longest name, in columns, that stands beside what is said."""

TOUCH_EVERY_S = 2.0
"""How often this terminal asks whether the interview is still its own. A person who goes on in another window should
see this one let go before they have read the first line there."""

ANSWER_WITHIN_S = 15.0
"""How long piped input waits for an answer before the next line is read anyway: a message may rightly get none."""

REMEMBERED = 512
"""How many replies are remembered, so that one handed over twice is shown once. A long interview has about fifty."""

GREETING_WITHIN_S = 1.0
"""How long the prompt waits for the first words, so that the question stands there before its library is loaded."""

ELSEWHERE_MS = 50
"""A reply that belongs to another terminal is left for it this long before it is looked at again."""
