"""Where a reply stands in Slack, as the text that is kept of it: what an edit, or a reply in its thread, has to find again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in Slack: a channel and, in it, a thread."""

    channel: str
    thread: str = ""

    @property
    def thread_ts(self) -> str | None:
        """The thread as an argument of a call."""
        return self.thread or None


@dataclass(frozen=True, slots=True)
class Reference:
    """The messages that a reply became, by their time stamps, and the thread they are in (empty: none). As text
    `<channel>:<stamp>[,<stamp>…][@<thread>]`."""

    channel: str
    stamps: tuple[str, ...]
    thread: str = ""

    def __str__(self) -> str:
        return f"{self.channel}:{','.join(self.stamps)}{f'@{self.thread}' if self.thread else ''}"

    @classmethod
    def of(cls, known: str) -> Reference | None:
        """What a text names; None if it names nothing."""
        channel, _, rest = known.partition(":")
        stamps, _, thread = rest.partition("@")
        return cls(channel, tuple(stamps.split(",")), thread) if channel and stamps else None

    @property
    def below(self) -> Spot:
        """The thread that hangs from it: a reply in a thread has none of its own."""
        return Spot(self.channel, self.thread or self.stamps[0])
