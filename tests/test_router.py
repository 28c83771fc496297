"""The router on the real spine: a state nobody can read does not silence a conversation."""

from __future__ import annotations

from bot import app
from bot.chat import plain
from bot.chat.events import Ran, Said, Told
from bot.chat.ids import Address, ConversationId, Person
from bot.chat.replies import Operation, Reply
from bot.delivery.service import Delivery, Pace
from bot.delivery.worker import WorkerPace
from bot.interview.engine import Engine
from bot.interview.interviewer import Proposal, TurnRequest
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.router import Router, poisoned
from bot.store.valkey import ValkeyStore

ADA = Person("bench", "local", "ada")
HERE = ConversationId("bench", "local", "one").address


class Broken:
    """A mind with a bug."""

    name = "offline"

    async def turn(self, request: TurnRequest) -> Proposal:
        """Fails every time."""
        raise ZeroDivisionError


class Screen:
    """A platform that keeps what it was given to show."""

    platform = "bench"

    def __init__(self) -> None:
        self.shown: list[Reply] = []

    async def post(self, reply: Reply, known: str) -> str:
        """Show it."""
        self.shown.append(reply)
        return reply.id

    async def typing(self, conversation: Address) -> None:
        """Nobody watches."""


async def test_what_breaks_us_is_set_aside_the_person_is_told_and_the_rest_goes_on(store: ValkeyStore) -> None:
    screen = Screen()
    engine = Engine(Library.open(), Minds({"offline": Broken()}, {"offline": OfflineGrader()}))
    pace = Pace(worker=WorkerPace(attempts=2, together=1, retry_ms=1))
    delivery = Delivery(store, Router(engine), {"bench": screen}, app.now_ms, poisoned=poisoned, pace=pace)
    delivery.start()
    try:
        await delivery.accept(
            [Ran("e1", HERE, app.now_ms(), ADA, "practice", {"question": "stale-ai-search", "seed": "0"})]
        )
        await delivery.accept([Said("e2", HERE, app.now_ms(), ADA, "I'd look at the index.")])
        await delivery.accept([Ran("e3", HERE, app.now_ms(), ADA, "time")])
        await delivery.settled(HERE)
    finally:
        await delivery.stop()
    assert [reply.move for reply in screen.shown] == ["note", "pose", "poisoned", "time"]
    assert "set it aside" in plain.text(screen.shown[2].meanings)
    letters = await store.dead_letters()
    assert [letter.actor for letter in letters] == [HERE]
    assert "index" not in letters[0].reason


async def test_who_asks_for_something_in_their_own_mailbox_is_told_there() -> None:
    asked = Ran("e1", ADA.address, app.now_ms(), ADA, "history")
    (told,) = await poisoned(ADA.address, asked)
    assert isinstance(told, Reply)
    assert (told.to, told.operation, told.person) == (ADA.address, Operation.DIRECT, ADA)
    assert await poisoned(ADA.address, Told("t1", ADA.address, 1, "interview")) == ()
