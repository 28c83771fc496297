"""Keys: one place, one tag per partition, nothing made up inside a script."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import bot.store
from bot.chat.replies import SetTimer, Tell
from bot.delivery.ports import MAILBOXES, Outcome
from bot.store import valkey
from bot.store.keys import Keys, timer_member, timer_of
from bot.store.packing import StrangeState, pack, unpack
from bot.store.valkey import ValkeyStore
from bot.store.wire import Wire
from tests.store.conversation import ROOM, reply, said

SCRIPTS = sorted((Path(bot.store.__file__).parent / "scripts").glob("*.lua"))


async def test_every_script_is_given_keys_of_one_partition(
    store: ValkeyStore, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: set[str] = set()
    run = Wire.run

    async def watched(
        self: Wire, name: str, keys: Sequence[str], values: Sequence[object], *, again: bool = False
    ) -> Any:
        ran.add(name)
        assert keys
        assert all(key.startswith(f"{namespace}:{{p0}}:") and key.count("{") == 1 for key in keys), keys
        return await run(self, name, keys, values, again=again)

    monkeypatch.setattr(Wire, "run", watched)
    for number in range(2):
        await store.accept([said("hello")])
        work = await store.claim(1000)
        assert work is not None
        assert await store.renew(work.lease, 1000)
        assert await store.give_back(work.lease, 0)
        work = await store.claim(1000)
        assert work is not None
        items = (reply(f"r{number}"), Tell(f"t{number}", said("tell")))
        await store.commit(work.lease, 1, Outcome(b"s", items, (SetTimer("end", number),)))
    for lane in ("terminal", MAILBOXES):
        parcel = await store.next_parcel(lane, 1000)
        assert parcel is not None
        await store.try_later(parcel, 0, uncertain=False)
        parcel = await store.next_parcel(lane, 1000)
        assert parcel is not None
        await store.sent(parcel, "ref")
    assert await store.fire_due(10) == 1
    await store.attach(ROOM, "one", 1000)
    known = set(re.findall(r'_wire\.run\("(\w+)"', inspect.getsource(valkey)))
    assert ran == known


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_no_script_makes_up_a_key(path: Path) -> None:
    keys = re.findall(r"redis\.call\('(\w+)'(?:, ([^,)]+))?", path.read_text())
    for command, key in keys:
        assert command == "TIME" or re.fullmatch(r"KEYS\[[^\]]+\]?|[a-z_]+", key), (command, key)


def test_a_namespace_is_plain_text() -> None:
    for wrong in ("", "a*", "a{b}", "a b", "x" * 101):
        with pytest.raises(ValueError, match="namespace"):
            Keys(wrong)


def test_timers_are_named_and_read_back() -> None:
    assert timer_of(timer_member(ROOM, "odd|name: 1")) == (ROOM, "odd|name: 1")


@pytest.mark.parametrize("state", [b"", b"{}", b"x" * 199, b"y" * 5000, bytes(range(256)) * 3])
def test_states_are_packed_and_unpacked(state: bytes) -> None:
    assert unpack(pack(state)) == state
    assert len(pack(state)) <= len(state) + 1


@pytest.mark.parametrize("stored", [b"", b"?x", b"zbroken"])
def test_strange_states_are_named_so(stored: bytes) -> None:
    with pytest.raises(StrangeState):
        unpack(stored)
