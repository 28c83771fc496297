"""What several benchmarks share: a Valkey and processes on chosen cores, CPU time, a Slack that costs next to nothing, its events.

The fake of the tests checks everything and keeps everything; here it would be the bottleneck. This one reads a request, notes
who was answered, and says ok.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import os
import re
import socket
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

from bot.chat.ids import ConversationId, Person
from bot.store import embedded
from tests.fakes.slack.workspace import BOT_ID, BOT_USER, TEAM

SECRET = "5160c0ffee"
ROOT = Path(__file__).resolve().parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")
_CHANNEL = re.compile(rb'"channel": ?"(\w+)"|(?:^|&)channel=(\w+)')
_OK = json.dumps({"ok": True, "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT_ID, "team": "T", "user": "hotseat"})


def cores() -> tuple[set[int], set[int]]:
    """The core of what is measured, and those of everything else (the same one where there is only one)."""
    mine = sorted(os.sched_getaffinity(0))
    return {mine[0]}, set(mine[1:]) or {mine[0]}


def pin(pid: int, to: set[int]) -> None:
    """Keep a process, with all its threads, on these cores."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), to)


def cpu_s(pid: int) -> float:
    """CPU seconds a process has used so far, to the nanosecond where the kernel says so."""
    try:
        return sum(int(path.read_text().split()[0]) / 1e9 for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))
    except (OSError, IndexError, ValueError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def memory_kb(pid: int) -> int:
    """Resident memory of a process."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found.group(1)) if found else 0


def load_average() -> float:
    """How busy the machine was during the last minute."""
    return round(os.getloadavg()[0], 2)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def spread(values: Sequence[float]) -> str:
    """The median, and from where to where the values go."""
    return f"{statistics.median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


@contextlib.contextmanager
def valkey(folder: Path, fsync: embedded.Fsync = "everysec") -> Iterator[embedded.Launched]:
    """A real server for the time of the benchmark."""
    launched = embedded.launch(folder, fsync)
    try:
        yield launched
    finally:
        launched.close()


def pid_of(launched: embedded.Launched) -> int:
    """The process of a server."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(launched.path)
        line.sendall(b"INFO server\r\n")
        found = re.search(rb"process_id:(\d+)", line.recv(65536))
    assert found is not None
    return int(found.group(1))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def kept_environment() -> dict[str, str]:
    """The environment without anybody's settings of Hotseat."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("HOTSEAT", "ANTHROPIC"))}


@contextlib.asynccontextmanager
async def process(
    *command: str, port: int, environment: dict[str, str] | None = None, at: set[int] | None = None, cwd: Path = ROOT
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that listens on a port, from when it does until it is left."""
    running = await asyncio.create_subprocess_exec(
        *command,
        env=kept_environment() | (environment or {}),
        cwd=cwd,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    try:
        await listens(port, running)
        if at is not None:
            pin(running.pid, at)
        yield running
    finally:
        if running.returncode is None:
            running.terminate()
        await running.wait()


async def listens(port: int, running: asyncio.subprocess.Process) -> None:
    """Return when something accepts connections on a port."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and running.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise RuntimeError("a process does not start")


class LeanSlack:
    """The Web API, for whoever only posts: every call succeeds. `posts` counts messages by channel."""

    def __init__(self) -> None:
        self.posts: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self.api_url = ""
        self._waiting: dict[str, list[tuple[int, asyncio.Future[None]]]] = defaultdict(list)
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> LeanSlack:
        self._server = await asyncio.get_running_loop().create_server(lambda: _Line(self.call), "127.0.0.1", 0)
        self.api_url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()

    async def posted(self, channel: str, count: int) -> None:
        """Return when so many messages were posted in a channel, ever."""
        if self.posts[channel] < count:
            there = asyncio.get_running_loop().create_future()
            self._waiting[channel].append((count, there))
            await there

    def call(self, method: str, body: bytes) -> str:
        """Answer one call."""
        self.calls[method] += 1
        if method != "chat.postMessage":
            return _OK
        found = _CHANNEL.search(body)
        assert found is not None, body
        channel = (found.group(1) or found.group(2)).decode()
        self.posts[channel] += 1
        waiting = self._waiting.pop(channel, ())
        for count, there in waiting:
            if self.posts[channel] < count:
                self._waiting[channel].append((count, there))
            elif not there.done():
                there.set_result(None)
        ts = f"{time.time():.6f}"
        return f'{{"ok": true, "channel": "{channel}", "ts": "{ts}", "message": {{"ts": "{ts}", "text": ""}}}}'


class _Line(asyncio.Protocol):
    """One connection to the lean Slack."""

    def __init__(self, call: Callable[[str, bytes], str]) -> None:
        self._call = call
        self._held = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = self._held[:end].lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0]) if b"content-length:" in head else 0
            if len(self._held) < end + 4 + length:
                return
            body, path = self._held[end + 4 : end + 4 + length], self._held.split(b" ", 2)[1].decode()
            self._held = self._held[end + 4 + length :]
            answer = self._call(path.split("?")[0].rsplit("/", 1)[1], body)
            assert self._transport is not None
            self._transport.write(
                f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n{answer}".encode()
            )


def place(number: int, *, threaded: bool = False) -> ConversationId:
    """Where one of many people is interviewed: a direct conversation, or a thread of a channel."""
    if threaded:
        return ConversationId("slack", TEAM, f"C{number:07}", f"1700000000.{number:06}")
    return ConversationId("slack", TEAM, f"D{number:07}")


def person(number: int) -> Person:
    """One of many people."""
    return Person("slack", TEAM, f"U{number:07}")


def message(number: int, serial: int, text: str, *, threaded: bool = False, user: int | None = None) -> bytes:
    """A whole signed HTTP request: what somebody wrote in their interview, or what another `user` wrote there."""
    where = place(number, threaded=threaded)
    stamp = f"{time.time():.0f}"
    ts = f"{stamp}.{serial:06}"
    event = {
        "type": "message",
        "channel": where.channel,
        "channel_type": "channel" if threaded else "im",
        "user": person(number if user is None else user).id,
        "text": text,
        "ts": ts,
        "event_ts": ts,
        "team": TEAM,
        "client_msg_id": str(serial),
    }
    if threaded:
        event["thread_ts"] = where.thread
    body = json.dumps(
        {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A0",
            "event_id": f"Ev{serial}",
            "event": event,
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        }
    )
    mac = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={mac}\r\n\r\n"
    )
    return head.encode() + body.encode()


class Hook:
    """A connection to an app's address for events."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> Hook:
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, request: bytes) -> None:
        """Send a request and read its acknowledgement."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise RuntimeError(f"not acknowledged: {head[:60]!r}")
        if b"chunked" in head:
            while (size := int(await self._reader.readline(), 16)) or await self._reader.readline() != b"\r\n":
                await self._reader.readexactly(size + 2)
        elif b"content-length: " in head:
            await self._reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))

    def close(self) -> None:
        """Disconnect."""
        self._writer.close()
