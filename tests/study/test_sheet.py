"""The coach reads one sealed answer: its author alone is told, and it goes into their record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.chat import plain
from bot.chat.events import Told
from bot.chat.ids import Address
from bot.chat.meanings import Scorecard
from bot.chat.replies import Operation, Reply, Tell
from bot.interview.grader import GradeRequest, Judgement, Report, nobody
from bot.interview.minds import Minds
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.router import poisoned
from bot.study import record, sheet
from bot.study.reveal import GRADE
from tests.study.group import BOARD, LIBRARY, Group, Silent, Somebody

ROUND = BOARD.round("s1", "2026-03-02")
QUESTION = next(iter(LIBRARY.all()))
MINDS = Minds({"offline": OfflineInterviewer()}, {"offline": OfflineGrader()})


def body(author: Somebody, **changes: object) -> dict[str, object]:
    """What a round hands over."""
    held: dict[str, object] = {
        "round": ROUND.address,
        "board": BOARD.address,
        "title": QUESTION.title,
        "question": QUESTION.id,
        "seed": 1,
        "level": QUESTION.levels[0].value,
        "type": QUESTION.type.value,
        "numbers": True,
        "at_ms": 5,
        "text": QUESTION.exemplars.outstanding,
        "person": {"platform": "slack", "workspace": "T1", "id": author.person.id},
        "peers": "Order: 3, from 2 to 4",
        "raters": 2,
        "answers": 3,
        "suggested": False,
        "close": "",
    }
    return {**held, **changes}


async def read(author: Somebody, minds: Minds = MINDS, **changes: Any) -> Any:
    to = ROUND.sheet(author.person)
    return await sheet.handle(to, [Told("g", to, 9, GRADE, body(author, **changes))], LIBRARY, minds, Silent())


def said(found: Any) -> str:
    (reply,) = [one for one in found.outgoing if isinstance(one, Reply)]
    assert reply.operation is Operation.DIRECT
    return plain.text(reply.meanings)


@pytest.fixture
def ann() -> Somebody:
    return Group().member("Ann")


async def test_members_first_then_the_coach_with_quotes(ann: Somebody) -> None:
    text = said(await read(ann, close="Of 4 ratings."))
    parts = [f"{QUESTION.title}: here is your feedback.", "2 members rated it:\nOrder: 3, from 2 to 4", "Of 4 ratings."]
    places = [text.index(part) for part in (*parts, "One change for next time:")]
    assert places == sorted(places)
    assert "covered:" in text
    assert "Offline coach" in text


async def test_it_goes_into_the_record_and_what_the_group_lacks_to_the_board(ann: Somebody) -> None:
    found = await read(ann)
    events = [item.event for item in found.outgoing if isinstance(item, Tell)]
    tells = {event.topic: event for event in events if isinstance(event, Told)}
    assert set(tells) == {"interview", "graded"}
    kept = record.handle(record.Record(), [tells["interview"]])
    (entry,) = kept.entries
    assert entry.conversation == ROUND.address
    assert entry.scorecard is not None
    graded = tells["graded"]
    assert graded.to == BOARD.address
    share = graded.body["share"]
    assert isinstance(share, float)
    assert 0 < share <= 1
    assert QUESTION.exemplars.outstanding[:40] not in repr(graded.body), "a board has no words of an answer"
    assert found.state is None


async def test_the_same_again_is_the_same(ann: Somebody) -> None:
    assert await read(ann) == await read(ann)


@pytest.mark.parametrize(
    ("changes", "shown", "never"),
    [
        (
            {"raters": 0, "peers": "", "answers": 1},
            "yours was the only answer, so the coach read it at once",
            "Nobody rated",
        ),
        ({"raters": 0, "peers": "", "answers": 4}, "Nobody rated it this time.", "only answer"),
        ({"raters": 1}, "One member rated it:", "members rated"),
        ({"question": "", "suggested": True}, "it has no scorecard", "One change"),
        ({"question": "", "suggested": True, "raters": 0, "peers": ""}, "Nobody rated it", "What the others found"),
        ({"question": "gone-from-the-bank"}, "no longer among mine", "A member wrote"),
        ({"question": ""}, "no longer among mine", "A member wrote"),
        ({"numbers": False, "peers": "What worked: it asks."}, "What members wrote:\nWhat worked", "2 members"),
    ],
)
async def test_what_is_said_is_true(ann: Somebody, changes: dict[str, Any], shown: str, never: str) -> None:
    text = said(await read(ann, **changes))
    assert shown in text
    assert never not in text


class Strict(OfflineGrader):
    """A coach that gives levels."""

    async def grade(self, request: GradeRequest, report: Report = nobody) -> Judgement:
        return replace(await super().grade(request, report), numbers=True)


@pytest.mark.parametrize("numbers", [True, False])
async def test_where_pressure_is_low_no_level_is_shown_or_kept(ann: Somebody, numbers: bool) -> None:
    minds = Minds({"offline": OfflineInterviewer()}, {"offline": Strict()})
    found = await read(ann, minds, numbers=numbers)
    (reply,) = [one for one in found.outgoing if isinstance(one, Reply)]
    (card,) = [one for one in reply.meanings if isinstance(one, Scorecard)]
    assert card.numbers is numbers
    assert (card.overall is not None) is numbers
    assert any(line.level is not None for line in card.criteria) is numbers
    graded = next(one.event for one in found.outgoing if isinstance(one, Tell) and one.id.endswith("graded"))
    assert isinstance(graded, Told)
    assert graded.body["weakness"], "the group's weakness is learnt all the same"


async def test_what_the_coach_could_not_read_is_said_to_its_author_alone(ann: Somebody) -> None:
    to = ROUND.sheet(ann.person)
    (told,) = await poisoned(to, Told("g", to, 9, GRADE, {}))
    assert isinstance(told, Reply)
    assert told.operation is Operation.DIRECT
    assert told.person is not None
    assert told.person.address == ann.person.address
    assert await poisoned(Address(ROUND.address), Told("x", ROUND.address, 9, "rated", {})) == ()
