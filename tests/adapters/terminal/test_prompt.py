"""The prompt on a real pseudo-terminal, with a tiny engine behind it. Every wait is for output, with a deadline."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DEADLINE_S = 10.0
PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"
ENTER, ALT_ENTER, CTRL_C, CTRL_D, UP = "\r", "\x1b\r", "\x03", "\x04", "\x1b[A"
_ESCAPES = re.compile(r"\x1b\][^\x07]*\x07|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[@-Z\\-_]")
_WHERE_IS_THE_CURSOR = b"\x1b[6n"


class Terminal:
    """A terminal window with the echo program in it."""

    def __init__(self, term: str = "xterm-256color", columns: int = 80, **environment: str) -> None:
        self._window, inside = pty.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 30, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.adapters.terminal.echo"],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": term, **environment},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C reaches it as a signal
        )
        os.close(inside)
        self.raw = ""
        self._unread = ""
        self._bytes = b""

    def type(self, text: str) -> None:
        """Press keys."""
        waiting = text.encode()
        while waiting:
            self._read(0)
            waiting = waiting[os.write(self._window, waiting[:1024]) :]

    def see(self, text: str) -> str:
        """Wait until text appears after what was seen before; everything up to it, without escapes."""
        ends = time.monotonic() + DEADLINE_S
        while True:
            shown = _ESCAPES.sub("", self._unread).replace("\r", "")
            at = shown.find(text)
            if at >= 0:
                self._unread = shown[at + len(text) :]
                return shown[: at + len(text)]
            left = ends - time.monotonic()
            assert left > 0, f"never saw {text!r} in {shown!r}"
            assert self._read(left), f"the program ended before {text!r}: {shown!r}"

    def ready(self) -> None:
        """Wait for the prompt with its line of commands."""
        self.see("You")
        self.see("quit")

    def ends(self) -> int:
        """Wait for the program to end; its exit code."""
        ends = time.monotonic() + DEADLINE_S
        while self._read(max(0.0, ends - time.monotonic())):
            assert time.monotonic() < ends
        return self.process.wait(DEADLINE_S)

    def close(self) -> None:
        """Close the window."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._window)

    def _read(self, timeout_s: float) -> bool:
        """Read what is there; False at the end. Answers where the cursor is, as terminals do."""
        readable, _, _ = select.select([self._window], [], [], timeout_s)
        if not readable:
            return True
        try:
            got = os.read(self._window, 65536)
        except OSError:  # Linux says so when nobody has the other side open any more
            return False
        for _ in range(got.count(_WHERE_IS_THE_CURSOR)):
            os.write(self._window, b"\x1b[10;1R")
        self._bytes += got
        whole = self._bytes.decode("utf-8", "ignore")
        self._unread += whole[len(self.raw) :]
        self.raw = whole
        return bool(got)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    window = Terminal()
    yield window
    window.close()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def test_a_conversation_at_the_prompt(terminal: Terminal) -> None:
    assert "Maya, hiring manager" in terminal.see("quit")  # the question first, then the prompt
    terminal.type("is it all articles?" + ENTER)
    terminal.see("heard 19")
    terminal.ready()
    terminal.type("/hint" + ENTER)
    terminal.see("ran hint")
    terminal.ready()
    terminal.type("/quiz" + ENTER)
    terminal.see("There is no command /quiz. The ones I know: hint, pause")
    terminal.ready()
    terminal.type("show choices" + ENTER)
    terminal.see("Answer the weakest part again")
    terminal.see("redo · strong · disagree · 4 · quit")
    terminal.type("redo" + ENTER)
    terminal.see("pressed redo people")
    terminal.ready()
    terminal.type("quit" + ENTER)
    terminal.see("Kept. `hotseat practice` picks up where you left.")
    assert terminal.ends() == 0


def test_a_paste_of_twelve_thousand_characters_is_one_message_and_waits_for_enter(terminal: Terminal) -> None:
    text = "".join(f"line {number:04} of my answer.\n" for number in range(500))
    assert len(text) == 12_000
    terminal.ready()
    terminal.type(PASTE_BEGINS + text + PASTE_ENDS)
    terminal.see("line 0499")
    terminal.type("end" + ENTER)
    assert terminal.see(f"heard 12003 {digest(text + 'end')}").count("heard") == 1


def test_a_nudge_comes_above_what_is_being_typed(terminal: Terminal) -> None:
    terminal.ready()
    terminal.type("half a thou")
    terminal.see("half a thou")
    terminal.process.send_signal(signal.SIGUSR1)
    terminal.see("Hotseat  Two minutes left.")
    terminal.see("You      half a thou")
    terminal.type("ght" + ENTER)
    terminal.see(f"heard 14 {digest('half a thought')}")


def test_lines_of_one_message(terminal: Terminal) -> None:
    terminal.ready()
    terminal.type("first\\" + ENTER + "second" + ALT_ENTER + "third" + ENTER)
    terminal.see(f"heard 18 {digest(chr(10).join(('first', 'second', 'third')))}")
    terminal.ready()
    terminal.type(UP)
    terminal.see("third")
    terminal.type(ENTER)
    terminal.see("heard 18")


def test_a_form_is_asked_field_by_field_and_sent_once(terminal: Terminal) -> None:
    terminal.ready()
    terminal.type("show form" + ENTER)
    terminal.see("How would you rate yourself?")
    terminal.see("Finds the layer by evidence   1-5 ›")
    terminal.see("1 of 3")
    terminal.type("7" + ENTER)
    terminal.see("A number from 1 to 5, please, or Enter to leave it out.")
    terminal.see("1 of 3")
    terminal.type("4" + ENTER)
    terminal.see("Recovers, not only diagnoses  1-5 ›")
    terminal.see("2 of 3")
    terminal.type(ENTER)
    terminal.see("3 of 3")
    terminal.type("2" + ENTER)
    terminal.see("form rating [('layer', '4'), ('people', '2')]")


def test_something_said_in_the_middle_of_a_form_is_said(terminal: Terminal) -> None:
    terminal.ready()
    terminal.type("show form" + ENTER)
    terminal.see("1 of 3")
    terminal.type("wait, one more thing about the agents" + ENTER)
    terminal.see("heard 37")
    terminal.see("1 of 3")


def test_work_in_progress_is_a_passing_line(terminal: Terminal) -> None:
    terminal.ready()
    terminal.type("think" + ENTER)
    terminal.see("Maya     …")
    terminal.process.send_signal(signal.SIGUSR1)
    terminal.see("Two minutes left.")
    assert "…" not in terminal.see("quit")
    terminal.type("work" + ENTER)
    terminal.see("Reading your answer · 2 of 5")


def test_what_could_not_be_kept_is_offered_again(terminal: Terminal) -> None:
    terminal.ready()
    terminal.type("lose" + ENTER)
    terminal.see("That was not sent. The store is away; start it and send it again.")
    terminal.see("You      lose")
    terminal.see("quit")
    terminal.type(ENTER)
    terminal.see("heard 4")


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["ctrl-c", "ctrl-d"])
def test_leaving(terminal: Terminal, key: str) -> None:
    terminal.ready()
    terminal.type(key)
    terminal.see("Kept. `hotseat practice` picks up where you left.")
    assert terminal.ends() == 0
    assert "Traceback" not in terminal.raw


def test_leaving_says_that_a_half_typed_message_was_not_sent(terminal: Terminal) -> None:
    terminal.ready()
    terminal.type("half")
    terminal.see("half")
    terminal.type(CTRL_C)
    terminal.see("Kept. What you were typing was not sent.")
    assert terminal.ends() == 0


def test_going_on_in_another_terminal_ends_this_one(terminal: Terminal) -> None:
    terminal.ready()
    terminal.process.send_signal(signal.SIGUSR2)
    terminal.see("This interview went on in another terminal")
    assert terminal.ends() == 0


def test_pasted_escapes_do_nothing(terminal: Terminal) -> None:
    terminal.ready()
    terminal.type(f"{PASTE_BEGINS}\x1b[2J\x1b]0;owned\x07 end{PASTE_ENDS}{ENTER}")
    terminal.see("heard 18")
    terminal.ready()
    assert "\x1b]0;owned" not in terminal.raw


def test_without_colour_the_text_is_plain() -> None:
    window = Terminal(NO_COLOR="1")
    try:
        assert "─" not in window.see("any time.")
        assert "\x1b[" not in window.raw.split("any time.")[0]
        window.ready()
        window.type("hello" + ENTER)
        window.see("heard 5")
    finally:
        window.close()


def test_a_dumb_terminal_gets_plain_text_and_no_prompt() -> None:
    window = Terminal(term="dumb")
    try:
        assert "─" not in window.see("any time.")
        window.type("hello\n")
        window.see("heard 5")
        window.type(CTRL_C)
        window.see("Kept.")
        assert window.ends() == 0
        assert "\x1b" not in window.raw
    finally:
        window.close()


def test_a_dumb_terminal_says_when_it_dropped_the_end_of_a_line() -> None:
    window = Terminal(term="dumb")
    try:
        window.see("any time.")
        window.type("x" * 5000 + "\n")
        window.see("at most 4,095")
        window.see("heard 4095")
    finally:
        window.close()


def test_nothing_typed_is_left_on_disk(tmp_path: Path) -> None:
    window = Terminal(HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path))
    try:
        window.ready()
        window.type("a secret" + ENTER)
        window.see("heard 8")
        window.ready()
        window.type(CTRL_D)
        assert window.ends() == 0
    finally:
        window.close()
    assert list(tmp_path.iterdir()) == []
