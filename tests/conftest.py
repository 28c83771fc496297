"""What every test may use: a real Valkey for the session, and in it a fresh namespace per test."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store.embedded import launch
from bot.store.valkey import ValkeyStore


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real server that lives as long as the test session."""
    folder: Path = tmp_path_factory.mktemp("valkey")
    launched = launch(folder)
    yield launched.url
    launched.close()


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
