"""The model API down for an hour: the interview goes on without it, says so once, and goes back to it when it is there again."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.interview import words
from bot.interview.minds import Minds
from bot.models.claude.call import Claude
from bot.models.claude.client import warm_up
from bot.models.claude.grade import ClaudeGrader
from bot.models.claude.turn import ClaudeInterviewer
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from tests.degraded.conftest import Started
from tests.fakes.anthropic import Fake, Fault
from tests.fakes.slack import FakeSlack, Message
from tests.models.claude.conftest import Clock, settings

BEGIN = "practice question=stale-ai-search"
ANSWERS = (
    "I'd compare when a stale page was last indexed with when it was last edited.",
    "Then I'd look at what the nightly job does with a page that fails.",
    "Meanwhile the agents get a list of pages they should check by hand.",
    "It is over when no indexed page is older than a day for a whole week.",
    "I'd ask the pipeline's owners for an alert on the age of the index.",
    "Then I'd tell the people who acted on a stale answer, before they find out.",
)
HOUR_S = 3600.0


@pytest.fixture
async def model() -> AsyncIterator[Fake]:
    await warm_up()
    async with Fake() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def claude(model: Fake, clock: Clock) -> AsyncIterator[Claude]:
    line = Claude(settings(model.base_url), clock=clock)
    yield line
    await line.aclose()


async def test_the_model_is_down_for_an_hour(
    slack: FakeSlack, hotseat: Started, model: Fake, claude: Claude, clock: Clock
) -> None:
    minds = Minds(
        {"claude": ClaudeInterviewer(claude), "offline": OfflineInterviewer()},
        {"claude": ClaudeGrader(claude), "offline": OfflineGrader()},
        "claude",
    )
    ann = slack.member("ann")

    def answers(after: Message) -> list[Message]:
        return [each for each in ann.sees() if each.by_bot and each.ts > after.ts]

    async with hotseat(slack=slack, minds=minds):
        await ann.says(BEGIN)
        await ann.hears("[Hint]")
        said = await ann.says(ANSWERS[0])
        await ann.hears("Maya", after=said)
        assert len(model.journal) == 1

        model.next(Fault.OVERLOADED, times=1000)
        said = await ann.says(ANSWERS[1])
        note = await ann.hears(words.AWAY[""], after=said)
        await ann.hears("Maya", after=said)
        clock.now += 1
        said = await ann.says(ANSWERS[2])
        await ann.hears("Maya", after=said)
        asked = len(model.journal)
        clock.now += 1
        said = await ann.says(ANSWERS[3])
        await ann.hears("Maya", after=said)
        assert len(model.journal) == asked, "an outage is remembered: nobody waits for a model that is known to be out"

        clock.now += HOUR_S
        said = await ann.says(ANSWERS[4])
        await ann.hears("Maya", after=said)
        assert len(model.journal) > asked, "it is looked for again"
        assert not [each for each in answers(note) if words.AWAY[""] in each.shown], "said once"

        model.calm()
        clock.now += HOUR_S
        asked = len(model.journal)
        said = await ann.says(ANSWERS[5])
        await ann.hears("Maya", after=said)
        assert len(model.journal) == asked + 1
        assert len(answers(said)) == 1
        model.next(Fault.OVERLOADED, times=1000)
        said = await ann.says("stop")
        await ann.hears("how did you do?", after=said)
        said = await ann.says("skip")
        await ann.hears(words.GRADER_AWAY, after=said)
        await ann.hears("What next?", after=said)
