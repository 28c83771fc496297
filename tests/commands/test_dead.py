"""`hotseat dead` as an operator runs it, on a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot import __main__
from bot.delivery.ports import Outcome
from bot.store.valkey import ValkeyStore
from tests.store.conversation import ROOM, reply, said, texts

SECRET = "what I really think of my manager"


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    def lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Said]


@pytest.fixture
def dead(
    valkey_url: str, namespace: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    monkeypatch.setenv("HOTSEAT_REDIS_URL", valkey_url)
    monkeypatch.setenv("HOTSEAT_NAMESPACE", namespace.replace(":", "-"))

    def run(*arguments: str) -> Said:
        code = __main__.main(["dead", *arguments])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return run


@pytest.fixture
async def letters(valkey_url: str, namespace: str) -> list[str]:
    """An event and a reply that were set aside, by their ids."""
    store = ValkeyStore(valkey_url, namespace.replace(":", "-"))
    await store.accept([said(SECRET)])
    work = await store.claim(1000)
    assert work is not None
    await store.set_aside(work.lease, "failed 6 times, last: ValueError at bot.x:1")
    await store.accept([said("hello")])
    work = await store.claim(1000)
    assert work is not None
    await store.commit(work.lease, 1, Outcome(b"s", (reply("r1", SECRET),)))
    parcel = await store.next_parcel("terminal", 1000)
    assert parcel is not None
    await store.undeliverable(parcel, "channel deleted")
    found = [letter.id for letter in await store.dead_letters()]
    await store.close()
    return found[::-1]


async def waiting(valkey_url: str, namespace: str) -> tuple[list[str], list[str]]:
    """What waits to be handled and what waits to go out."""
    # The terminal's conversations have lanes of their own in an installation.
    store = ValkeyStore(valkey_url, namespace.replace(":", "-"), frozenset({"terminal"}))
    work = await store.claim(1000)
    parcel = await store.next_parcel(f"terminal@{ROOM}", 1000)
    await store.close()
    return texts(work.events) if work is not None else [], [parcel.item.id] if parcel is not None else []


def test_nothing_there(dead: Run) -> None:
    assert dead("list") == Said(0, "Nothing was set aside.\n", "")
    assert dead("list", "--json") == Said(0, "", "")
    assert dead("replay", "--all") == Said(0, "Nothing was set aside.\n", "")


def test_a_list_has_ids_ages_and_reasons_and_nobodys_words(dead: Run, letters: list[str]) -> None:
    shown = dead("list")
    assert shown.code == 0
    first, second = shown.out.splitlines()
    assert first.startswith(f"{letters[1]}  0 s  reply  {ROOM}  ")
    assert first.endswith("channel deleted")
    assert second.endswith("ValueError at bot.x:1")
    rows = dead("list", "--json", "--limit", "1").lines()
    assert [(row["id"], row["kind"], row["actor"], row["reason"]) for row in rows] == [
        (letters[1], "reply", ROOM, "channel deleted")
    ]
    assert SECRET not in shown.out + json.dumps(rows)


@pytest.mark.parametrize("number", [0, 1])
def test_words_are_shown_only_on_request(dead: Run, letters: list[str], number: int) -> None:
    for way in ((), ("--json",)):
        shown = dead("show", letters[number], *way)
        assert shown.code == 0
        assert ("Said", "Reply")[number] in shown.out
        assert SECRET not in shown.out
        assert SECRET in dead("show", letters[number], "--words", *way).out


async def test_put_back_once_each_to_where_it_was(
    dead: Run, letters: list[str], valkey_url: str, namespace: str
) -> None:
    done = await asyncio.to_thread(dead, "replay", *letters)
    assert (done.code, done.out) == (0, "".join(f"{name} replayed\n" for name in letters))
    again = await asyncio.to_thread(dead, "replay", "--json", *letters)
    assert (again.code, again.out) == (1, "")
    assert f"there is no dead letter {letters[0]}" in again.err
    assert await waiting(valkey_url, namespace) == ([SECRET], ["r1"])
    assert (await asyncio.to_thread(dead, "list")).out == "Nothing was set aside.\n"


async def test_dropped_for_good(dead: Run, letters: list[str], valkey_url: str, namespace: str) -> None:
    assert (await asyncio.to_thread(dead, "drop", letters[0], "--json")).lines() == [
        {"id": letters[0], "done": "dropped"}
    ]
    some = await asyncio.to_thread(dead, "drop", letters[0], letters[1])
    assert (some.code, some.out) == (1, f"{letters[1]} dropped\n")
    assert await waiting(valkey_url, namespace) == ([], [])


def test_all_of_them(dead: Run, letters: list[str]) -> None:
    assert [row["id"] for row in dead("drop", "--all", "--json").lines()] == letters


@pytest.mark.parametrize("arguments", [("show", "12"), ("replay", "12"), ("drop", "x")])
def test_an_unknown_id_is_said_plainly(dead: Run, arguments: tuple[str, ...]) -> None:
    shown = dead(*arguments)
    assert shown.code == 1
    assert shown.out == ""
    assert shown.err == f"hotseat: there is no dead letter {arguments[1]}; hotseat dead list shows those there are.\n"


@pytest.mark.parametrize("arguments", [("replay",), ("drop",), ("drop", "12", "--all")])
def test_nothing_is_done_by_accident(dead: Run, arguments: tuple[str, ...]) -> None:
    shown = dead(*arguments)
    assert shown.code == 2
    assert "say --all" in shown.err
