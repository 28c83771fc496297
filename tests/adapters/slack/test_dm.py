"""Interviews in direct messages, as conversations."""

from __future__ import annotations

from tests.adapters.slack.conftest import Running
from tests.fakes.slack import FakeSlack

ANSWER = (
    "I'd compare when each page was last embedded with when it was last edited, and check whether the job errors. "
    "Then I'd tell the agents which answers to double-check until it is fixed."
)


async def test_a_whole_interview(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    await ann.says("practice question=stale-ai-search")
    card = await ann.hears("[Hint]")
    assert "min" in card.shown
    asked = await ann.says("did anything ship last week?")
    reply = await ann.hears("Maya", after=asked)
    assert reply.text
    answered = await ann.says(ANSWER)
    await ann.hears("Maya", after=answered)
    await ann.presses("Stop", card)
    form = await ann.hears("[Rate yourself]")
    await ann.presses("Rate yourself", form)
    view = await ann.form()
    fields = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    await ann.sends(view, dict.fromkeys(fields, "4"))
    scorecard = await ann.hears("Your scorecard")
    assert "last embedded" in scorecard.shown
    assert not slack.space.pings
