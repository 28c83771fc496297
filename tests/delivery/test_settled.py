"""Knowing when everything said to an actor was handled and everything it said is out."""

from __future__ import annotations

import asyncio

from bot.delivery.service import Delivery
from bot.store.valkey import ValkeyStore
from tests.delivery.people import QUICK, Platform, note_taker
from tests.store.conversation import ROOM, now_ms, said


async def test_settled_means_handled_and_shown(store: ValkeyStore) -> None:
    platform = Platform()
    delivery = Delivery(store, note_taker, {"terminal": platform}, now_ms, pace=QUICK)
    delivery.start()
    for number in range(20):
        await delivery.accept([said(str(number))])
        await asyncio.wait_for(delivery.settled(ROOM), 5)
        assert platform.shown[-1] == f"{number}:{number}"
    assert len(platform.shown) == 20
    await delivery.stop(1)
