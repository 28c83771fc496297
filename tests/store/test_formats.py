"""What another version stored: an older form goes on, a newer one is passed on, and nothing of it is lost.

`stored/` holds what earlier versions wrote, one file for each version of each form: the interview is paused in its third turn. A
new version of a form adds a file; none is ever changed.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot import app
from bot.chat import codec, plain
from bot.chat.events import Event, Ran, Said
from bot.chat.ids import Address, ConversationId, Person
from bot.chat.replies import Progressing, Reply
from bot.delivery.ports import Handler, Outcome
from bot.delivery.sender import SenderPace
from bot.delivery.service import Delivery, Pace
from bot.delivery.worker import WorkerPace
from bot.interview import session as sessions
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.interview.session import Phase
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.router import Router, poisoned
from bot.store.letters import ValkeyLetters
from bot.store.packing import pack
from bot.store.valkey import ValkeyStore
from tests.delivery.people import until

STORED = Path(__file__).parent / "stored"
ADA = Person("terminal", "local", "ada", "Ada")
HERE = ConversationId("terminal", "local", "practice").address
PACE = Pace(worker=WorkerPace(attempts=3, retry_ms=1, unread_ms=20), sender=SenderPace(retry_ms=1, longest_retry_ms=5))


@dataclass
class Screen:
    """A platform that keeps what it was given to show."""

    platform: str = "terminal"
    shown: list[Reply] = field(default_factory=list)

    async def post(self, reply: Reply, known: str) -> str:
        self.shown.append(reply)
        return reply.id

    async def typing(self, conversation: Address) -> None: ...

    @property
    def moves(self) -> list[str]:
        return [reply.move for reply in self.shown]


@dataclass
class Running:
    """Delivery with a real engine, and the raw server."""

    store: ValkeyStore
    delivery: Delivery
    screen: Screen
    client: Redis
    letters: ValkeyLetters
    start: str

    async def put(self, what: str, value: bytes | str) -> None:
        """Store something as another version did."""
        key = f"{self.start}:{what}"
        if what == "state":
            await self.client.set(key, pack(value.encode() if isinstance(value, str) else value))
        else:
            await self.client.execute_command("RPUSH", key, value)  # type: ignore[no-untyped-call]
            await self.client.zadd(f"{self.start.partition(':actor:')[0]}:ready", {HERE: 1})

    async def says(self, name: str, *events: Event) -> None:
        """Events, handled to the end."""
        await self.delivery.accept(events or [Said(name, HERE, app.now_ms(), ADA, "I'd look at the index.")])
        await self.delivery.settled(HERE)


def engine() -> Handler:
    minds = Minds({"offline": OfflineInterviewer()}, {"offline": OfflineGrader()})
    return Router(Engine(Library.open(), minds))


@pytest.fixture
async def running(store: ValkeyStore, valkey_url: str, namespace: str) -> AsyncIterator[Running]:
    screen = Screen()
    delivery = Delivery(store, engine(), {"terminal": screen}, app.now_ms, poisoned=poisoned, pace=PACE)
    letters = ValkeyLetters(valkey_url, namespace)
    async with Redis.from_url(valkey_url) as client:
        yield Running(store, delivery, screen, client, letters, f"{namespace}:{{p0}}:actor:{HERE}")
    await delivery.stop(1)
    await letters.close()


def stored(name: str) -> bytes:
    return (STORED / name).read_bytes()


def test_every_version_of_every_form_is_kept() -> None:
    kept = {path.stem for path in STORED.iterdir()}
    wanted = {f"session-{number}" for number in range(1, sessions.FORMAT + 1)}
    assert kept == wanted | {f"event-{number}" for number in range(codec.ENTRY_FORMAT + 1)}


@pytest.mark.parametrize("number", range(1, sessions.FORMAT + 1))
async def test_an_interview_of_an_earlier_version_goes_on(running: Running, number: int) -> None:
    await running.put("state", stored(f"session-{number}.json"))
    running.delivery.start()
    await running.says("", Ran("r1", HERE, app.now_ms(), ADA, "resume"))
    assert running.screen.moves == ["resume", "scenario", "probe"]
    assert "which result would make you drop it?" in plain.text(running.screen.shown[-1].meanings)
    await running.says("m10")
    state = await running.store.peek_state(HERE)
    assert state is not None
    assert json.loads(state)["format"] == sessions.FORMAT, "stored in the present form from now on"
    held = sessions.load(state)
    assert held.phase is Phase.PROBING
    assert held.shown.keys() >= {"which-answers", "compares-dates"}
    assert [turn.text for turn in held.turns if turn.by == "candidate"][-1] == "I'd look at the index."


@pytest.mark.parametrize("number", range(codec.ENTRY_FORMAT + 1))
async def test_an_event_of_an_earlier_version_is_handled(running: Running, number: int) -> None:
    await running.put("state", stored(f"session-{sessions.FORMAT}.json"))
    await running.put("mailbox", stored(f"event-{number}.json"))
    running.delivery.start()
    await running.delivery.settled(HERE)
    assert running.screen.moves == ["pause"], "kept until the interview is resumed"
    held = sessions.load(await running.store.peek_state(HERE) or b"")
    assert held.waiting == ("And I'd check whether the indexing job failed.",)


def test_what_is_stored_names_its_version() -> None:
    assert json.loads(stored(f"session-{sessions.FORMAT}.json"))["format"] == sessions.FORMAT
    assert "format" not in json.loads(stored("session-1.json"))
    assert json.loads(stored(f"event-{codec.ENTRY_FORMAT}.json"))["v"] == codec.ENTRY_FORMAT
    assert sessions.load(stored("session-1.json")) == sessions.load(stored("session-2.json"))
    assert codec.read(Event, stored("event-0.json")) == codec.read(Event, stored("event-1.json"))


NEWER = '{"v":99,"@":"Sang","id":"m9","words":"la la"}'


async def test_a_newer_event_is_left_to_a_newer_version_then_set_aside_whole_and_the_person_told(
    running: Running,
) -> None:
    await running.put("state", stored("session-2.json"))
    await running.put("mailbox", NEWER)
    running.delivery.start()
    await running.says("m10")
    assert running.screen.moves == ["poisoned", "pause"], "what came after it is handled"
    assert "set it aside" in plain.text(running.screen.shown[0].meanings)
    (letter,) = await running.letters.all()
    assert letter.reason == "the event cannot be read: it was stored by a newer version of Hotseat"
    opened = await running.letters.find(letter.id)
    assert opened is not None
    assert (opened.item, opened.text) == (None, NEWER)


async def test_while_versions_run_side_by_side_the_newer_one_gets_it(running: Running) -> None:
    await running.put("mailbox", NEWER)
    for attempt in (1, 2):
        work = await running.store.claim(1000)
        assert work is not None
        assert (work.attempts, bool(work.unreadable)) == (attempt, True)
        await running.store.give_back(work.lease, 0)
    (kept,) = await running.client.execute_command("LRANGE", f"{running.start}:mailbox", 0, -1)  # type: ignore[no-untyped-call]
    assert kept == NEWER.encode()


async def test_a_newer_interview_stays_as_it_is_and_goes_on_where_it_can_be_read(running: Running) -> None:
    newer = json.loads(stored("session-2.json")) | {"format": 99, "mood": "curious"}
    await running.put("state", json.dumps(newer))
    running.delivery.start()
    await running.says("m10")
    assert running.screen.moves == ["poisoned"]
    assert json.loads(await running.store.peek_state(HERE) or b"") == newer
    (letter,) = await running.letters.all()
    assert letter.reason == "the interview was stored by a newer version of Hotseat"

    await running.put("state", stored("session-2.json"))  # as the newer version would read it
    assert await running.letters.replay(letter.id, app.now_ms)
    await running.delivery.settled(HERE)
    assert running.screen.moves == ["poisoned", "pause"]


async def test_a_damaged_state_is_no_silence(running: Running) -> None:
    await running.client.set(f"{running.start}:state", b"zbroken")
    running.delivery.start()
    await running.says("m10")
    assert running.screen.moves == ["poisoned"]
    assert [letter.reason for letter in await running.letters.all()] == ["a stored state is damaged"]
    assert await running.client.get(f"{running.start}:state") == b"zbroken"


async def test_a_handler_is_never_given_what_cannot_be_read(store: ValkeyStore, running: Running) -> None:
    given: list[Event] = []

    async def note(
        actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        given.extend(events)
        return Outcome(state)

    await running.put("mailbox", NEWER)
    delivery = Delivery(store, note, {"terminal": running.screen}, app.now_ms, pace=PACE)
    delivery.start()

    async def aside() -> bool:
        return len(await running.letters.all()) == 1

    await until(aside, "set aside")
    await delivery.stop(1)
    assert given == []
