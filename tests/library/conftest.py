"""A sound bank to spoil."""

from pathlib import Path

import pytest

from tests.library.bank import Bank, make


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bank:
    """A bank of two sound questions in a folder `bank` below the current one, so that paths in messages are short."""
    monkeypatch.chdir(tmp_path)
    return make(tmp_path / "bank")
