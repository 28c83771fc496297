"""All parts together, as the composition root runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.chat.events import Event, Fired, Said, Told
from bot.chat.ids import Address
from bot.chat.replies import Outgoing, Progressing, SetTimer, Tell
from bot.delivery.ports import Outcome, lane_of, lane_to
from bot.delivery.sender import SenderPace
from bot.delivery.service import Delivery, Pace
from bot.delivery.worker import WorkerPace
from bot.store.embedded import launch
from bot.store.valkey import ValkeyStore
from tests.delivery.people import QUICK, Platform, note_taker, until
from tests.store.conversation import MAYA, ROOM, now_ms, reply, room, said

SCREENS = frozenset({"terminal"})


async def test_a_conversation_with_a_timer_and_word_to_a_person(store: ValkeyStore) -> None:
    async def interview(
        actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        await report.typing()
        await report.step("grading", 1, 3)
        outgoing: list[Outgoing] = []
        timers: list[SetTimer] = []
        for event in events:
            if isinstance(event, Said):
                timers.append(SetTimer("end", now_ms + 30))
                outgoing.append(reply("question", to=actor))
            elif isinstance(event, Fired):
                outgoing.append(reply("time is up", to=actor))
                outgoing.append(Tell("t1", Told("t1", MAYA.address, now_ms, "graded", {"overall": 3.4})))
            elif isinstance(event, Told):
                return Outcome(json.dumps(dict(event.body)).encode())
        return Outcome(b"s", tuple(outgoing), tuple(timers))

    platform = Platform()
    delivery = Delivery(store, interview, {"terminal": platform}, now_ms, pace=QUICK)
    delivery.start()
    await delivery.accept([said("hello")])
    await until(lambda: platform.shown == ["question", "time is up"], "both shown")

    async def told() -> bool:
        return await store.peek_state(MAYA.address) == b'{"overall": 3.4}'

    await until(told, "the person's own record")
    assert ROOM in platform.typed
    await delivery.stop(1)


async def test_two_terminals_share_the_work_but_not_the_screen(valkey_url: str, namespace: str) -> None:
    screens = [Platform(), Platform()]
    rooms = [room("left"), room("right")]
    stores = [ValkeyStore(valkey_url, namespace, SCREENS) for _ in rooms]
    deliveries = [
        Delivery(one, note_taker, {lane_to(to, SCREENS): screen}, now_ms, screens=SCREENS, pace=QUICK)
        for one, to, screen in zip(stores, rooms, screens, strict=True)
    ]
    for delivery in deliveries:
        delivery.start()
    for number in range(5):
        for to in rooms:  # whoever is told, the answer appears where it belongs
            await deliveries[number % 2].accept([said(f"{number} {to}", to)])
    for to, screen in zip(rooms, screens, strict=True):
        expected = [f"{number}:{number} {to}" for number in range(5)]
        await until(lambda shown=screen.shown, expected=expected: shown == expected, f"{to} shown")  # type: ignore[misc]
    for delivery, one in zip(deliveries, stores, strict=True):
        await delivery.stop(1)
        await one.close()


async def test_a_server_that_restarts_is_waited_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    server = launch(tmp_path)
    store = ValkeyStore(server.url)
    platform = Platform()
    delivery = Delivery(store, note_taker, {"terminal": platform}, now_ms, pace=QUICK)
    delivery.start()
    await delivery.accept([said("before")])
    await until(lambda: platform.shown == ["0:before"], "answered")
    server.close()
    await until(lambda: "store is away" in caplog.text, "noticed")
    server = launch(tmp_path)
    await delivery.accept([said("after")])
    await until(lambda: platform.shown == ["0:before", "1:after"], "answered again")
    assert caplog.text.count("store is away") < 12, "said once per loop, not once per try"
    await delivery.stop(1)
    await store.close()
    server.close()


def test_lanes() -> None:
    assert lane_of(reply("r1")) == "terminal"
    assert lane_of(reply("r1"), SCREENS) == f"terminal@{ROOM}"
    assert lane_of(Tell("t", said("x")), SCREENS) == "mailboxes"


def test_importing_delivery_brings_no_library() -> None:
    code = (
        "import sys, bot.delivery.service, bot.store.embedded\n"
        "print(sorted({'apscheduler', 'redis', 'pydantic', 'yaml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_senders_have_the_workers_lease_unless_told_otherwise(store: ValkeyStore) -> None:
    def lease_ms(pace: Pace) -> set[int]:
        made = Delivery(store, note_taker, {"terminal": Platform()}, now_ms, pace=pace)
        return {sender._pace.lease_ms for sender in made._senders}

    assert lease_ms(Pace(worker=WorkerPace(lease_ms=7_000))) == {7_000}
    assert lease_ms(Pace(sender=SenderPace(lease_ms=9_000))) == {9_000}
