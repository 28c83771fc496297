"""What every test may use: a real Valkey for the session, a fresh namespace per test, and no network beyond this machine."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.store.embedded import launch
from bot.store.valkey import ValkeyStore

_connect = socket.socket.connect
WALKS = int(os.environ.get("HOTSEAT_WALKS", "80"))  # read before the environment is cleared


def _only_here(self: socket.socket, address: Any) -> None:
    if self.family in {socket.AF_INET, socket.AF_INET6} and str(address[0]) not in {"127.0.0.1", "::1", "localhost"}:
        raise OSError(f"tests reach nothing but this machine, not {address[0]}: start a fake from tests/fakes")
    _connect(self, address)


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Nothing outside this machine can be reached from a test: no model, no chat platform, whatever the environment says."""
    patched = pytest.MonkeyPatch()
    patched.setattr(socket.socket, "connect", _only_here)
    for name in [name for name in os.environ if name.startswith(("ANTHROPIC", "HOTSEAT"))]:
        patched.delenv(name)
    yield
    patched.undo()


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real server that lives as long as the test session."""
    folder: Path = tmp_path_factory.mktemp("valkey")
    launched = launch(folder)
    yield launched.url
    launched.close()


@pytest.fixture(scope="session")
def walks() -> int:
    """How many random walks a stateful test takes: few in the suite, `HOTSEAT_WALKS` when there is time."""
    return WALKS


@pytest.fixture
def namespace() -> str:
    """A namespace nobody else uses."""
    return f"test:{uuid.uuid4().hex[:12]}"


@pytest.fixture
async def store(valkey_url: str, namespace: str) -> AsyncIterator[ValkeyStore]:
    """A store of its own for the test."""
    store = ValkeyStore(valkey_url, namespace)
    yield store
    await store.close()
