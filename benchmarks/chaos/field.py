"""The processes under fire and the server they share: started, killed, stopped and restarted."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from bot.store import embedded

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """A Valkey of our own. `fsync` as in its settings; `cut_s` loses that much of the last writes with every kill, as a power
    cut does where writes are made safe once a second."""

    def __init__(self, folder: Path, fsync: str, cut_s: float = 0.0) -> None:
        self._folder = folder
        self._fsync = fsync
        self._cut_s = cut_s
        self._socket = folder / "v.sock"
        self._running: asyncio.subprocess.Process | None = None
        self._sizes: list[tuple[float, dict[Path, int]]] = []
        self._watch: asyncio.Task[None] | None = None
        self.cut_bytes = 0
        self.url = f"unix://{self._socket}"

    async def start(self) -> None:
        """Return when it answers."""
        self._socket.unlink(missing_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "dir": str(self._folder),
            "appendonly": "yes",
            "appendfsync": self._fsync,
            "save": "",
            "maxmemory-policy": "noeviction",
            "logfile": str(self._folder / "server.log"),
        }
        command = [embedded.find_server()]
        for name, value in settings.items():
            command += [f"--{name}", value]
        self._running = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not await asyncio.to_thread(self._answers):
            if time.monotonic() > deadline:
                raise RuntimeError("the server does not start")
            await asyncio.sleep(0.02)
        if self._cut_s:
            self._watch = asyncio.create_task(self._measure())

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(1.0)
                line.connect(str(self._socket))
                line.sendall(b"PING\r\n")
                return line.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    async def kill(self) -> None:
        """End it at once, and lose what a power cut would have."""
        assert self._running is not None
        self._running.kill()
        await self._running.wait()
        if self._watch is not None:
            self._watch.cancel()
            self._cut()

    async def _measure(self) -> None:
        while True:
            sizes = {path: path.stat().st_size for path in self._folder.glob("appendonlydir/*.incr.aof")}
            self._sizes = [*self._sizes[-40:], (time.monotonic(), sizes)]
            await asyncio.sleep(0.05)

    def _cut(self) -> None:
        until_s = time.monotonic() - self._cut_s
        known = [sizes for at_s, sizes in self._sizes if at_s <= until_s]
        for path, size in (known[-1] if known else {}).items():
            if path.exists() and path.stat().st_size > size:
                self.cut_bytes += path.stat().st_size - size
                os.truncate(path, size)
        self._sizes = []

    async def ensure(self) -> None:
        """Start it, if it was killed and nobody has."""
        if self._running is None or self._running.returncode is not None:
            await self.start()

    async def stop(self) -> None:
        """End it for good."""
        if self._running is not None and self._running.returncode is None:
            await self.kill()


@dataclass(slots=True)
class Worker:
    """One process and where it listens."""

    port: int
    process: asyncio.subprocess.Process
    stopped: bool = False


@dataclass(slots=True)
class Crew:
    """Some processes. `environment` is that of each, but for the port and the token."""

    folder: Path
    size: int
    environment: dict[str, str]
    workers: list[Worker] = field(default_factory=list)
    exits: list[float] = field(default_factory=list)
    died: int = 0
    _started: int = 0
    _log: IO[bytes] | None = None

    async def start(self) -> None:
        """Start all, and return when all listen."""
        self._log = (self.folder / "workers.log").open("wb")
        self.workers = [await self._spawn() for _ in range(self.size)]
        await asyncio.gather(*(self._listens(worker) for worker in self.workers))

    def ports(self) -> list[int]:
        """Where somebody may listen, stopped ones included: nobody knows of them."""
        return [worker.port for worker in self.workers]

    async def _spawn(self) -> Worker:
        self._started += 1
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            port: int = found.getsockname()[1]
        own = {"HOTSEAT_SLACK_PORT": str(port), "HOTSEAT_SLACK_BOT_TOKEN": f"xoxb-chaos-{self._started}"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HOTSEAT", "ANTHROPIC"))}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.chaos.worker"),
            cwd=ROOT,
            env={**kept, **self.environment, **own},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=self._log,
        )
        return Worker(port, process)

    async def _listens(self, worker: Worker) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and worker.process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", worker.port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
        raise RuntimeError("a process does not start; its reason is in workers.log")

    async def kill(self, number: int) -> None:
        """SIGKILL, and a new process in its place."""
        worker = self.workers[number]
        worker.process.kill()
        await worker.process.wait()
        self.workers[number] = await self._spawn()

    async def pause(self, number: int, seconds: float) -> None:
        """SIGSTOP, and SIGCONT when everybody takes it for dead."""
        worker = self.workers[number]
        worker.stopped = True
        worker.process.send_signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            worker.process.send_signal(signal.SIGCONT)
            worker.stopped = False

    async def replace(self, number: int) -> None:
        """A rolling restart: a new process first, then SIGTERM to the old one, which has ten seconds."""
        old = self.workers[number]
        new = await self._spawn()
        await self._listens(new)
        self.workers[number] = new
        began_s = time.monotonic()
        old.process.terminate()
        await old.process.wait()
        self.exits.append(time.monotonic() - began_s)

    async def mourn(self, busy: set[int]) -> None:
        """Replace processes that ended although nobody had told them to; there should be none."""
        for number, worker in enumerate(self.workers):
            if number not in busy and worker.process.returncode is not None:
                self.died += 1
                self.workers[number] = await self._spawn()

    def last_words(self) -> list[str]:
        """What processes said when they could not go on."""
        text = (self.folder / "workers.log").read_text("utf-8", "replace")
        return [line for line in text.splitlines() if line.startswith("hotseat:") or "Error" in line][-10:]

    def standing(self) -> list[int]:
        """Numbers of processes that are not stopped."""
        return [number for number, worker in enumerate(self.workers) if not worker.stopped]

    async def stop(self) -> None:
        """End all."""
        for worker in self.workers:
            if worker.process.returncode is None:
                worker.process.kill()
                await worker.process.wait()
        if self._log is not None:
            self._log.close()
