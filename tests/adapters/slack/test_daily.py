"""Daily questions in a Slack channel, as conversations: set up, answered, opened, rated, and what can go wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from bot import app
from bot.chat.events import Fired
from bot.chat.ids import Address, Board
from bot.delivery.ports import StoreAway
from bot.reception import Desk
from bot.store.valkey import ValkeyStore
from bot.study import stream
from tests.adapters.slack.conftest import Running
from tests.adapters.slack.group import page
from tests.fakes.slack import FakeSlack, Member, Message
from tests.fakes.slack.workspace import TEAM

MORNING = {"time": "9:30", "zone": "Europe/Berlin"}
ONE = "I'd compare what a late score costs with what a stream costs to run, and decide with whoever carries the fraud."
TWO = "Keep the batch: nothing says anybody acts on a score at night. I'd ask who would, first."


@dataclass
class Channel:
    """#general, made by Ann, with Ben and Cara in it."""

    slack: FakeSlack
    store: ValkeyStore
    running: Running
    id: str
    ann: Member
    ben: Member
    cara: Member

    @property
    def board(self) -> Board:
        return Board("slack", TEAM, self.id)

    async def set_up(self, **values: str) -> None:
        await self.ann.runs("daily new", self.id)
        await self.ann.sends(await self.ann.form(), MORNING | values)
        await self.settled()

    async def settled(self) -> None:
        """The board has handled what it was given."""
        await self.running.delivery.settled(self.board.address)

    async def posted(self) -> Message:
        """A question, posted out of turn."""
        await self.settled()
        listing = await self.lists(self.ann)
        await self.ann.presses("Post now", listing)
        return await self.ann.hears("[Answer]", self.id)

    async def lists(self, who: Member) -> Message:
        await who.runs("daily", self.id)
        return next(each for each in reversed(who.sees(self.id)) if each.to == who.user)

    async def answers(self, who: Member, card: Message, text: str, **more: str) -> Mapping[str, Any]:
        """Somebody seals an answer; the modal as it is then."""
        await who.presses("Answer", card)
        view = await who.form()
        await who.sends(view, {"answer": text, **more})
        return self.slack.space.views[view["id"]]

    async def round(self) -> Address:
        """The round that was opened last."""
        stored = await self.store.peek_state(self.board.address)
        return self.board.round("s1", stream.load(stored).streams[0].asked[-1].day).address

    async def opens(self) -> None:
        """The hour has come."""
        to = await self.round()
        await self.running.delivery.accept([Fired(f"{to}:reveal", to, app.now_ms(), "reveal", app.now_ms())])


@pytest.fixture
async def general(hotseat: Running, slack: FakeSlack, store: ValkeyStore) -> AsyncIterator[Channel]:
    ann, ben, cara = (slack.member(name) for name in ("ann", "ben", "cara"))
    yield Channel(slack, store, hotseat, slack.channel("general", ann, ben, cara), ann, ben, cara)
    assert not [ping for ping in slack.space.pings if not ping.startswith("<!subteam^S")]


async def test_a_day(general: Channel, slack: FakeSlack) -> None:
    ann, ben, cara = general.ann, general.ben, general.cara
    await ann.runs("daily new", general.id)
    view = await ann.form()
    assert "A daily question for this channel" in page(view)
    assert await ann.looks_up(view, "zone", "berl") == ["Europe/Berlin"]
    found = await ann.sends(view, {"time": "late", "zone": "Europe/Berlin"})
    assert found.answer["errors"] == {"time": "A time of day, please, such as 9:30 or 9:30 pm."}
    found = await ann.sends(view, MORNING | {"levels": "senior,principal"})
    assert "Monday to Friday at 09:30" in page(found.answer["view"])
    card = await general.posted()
    assert "answers are opened at once" in card.shown

    told = await general.answers(ben, card, TWO)
    assert "Sealed." in page(told)
    await ben.hears("1 answer so far", general.id)
    await ben.presses_in(told, "Change it")
    again = await ben.form()
    assert again["blocks"][-2]["element"]["initial_value"] == TWO
    await ben.sends(again, {"answer": ONE})
    await general.answers(cara, card, TWO, named="anonymous")
    await ann.hears("2 answers so far", general.id)
    assert not any(ONE in each.shown or TWO in each.shown for each in slack.space.messages)

    await general.opens()
    answers = await ann.hears("Answer 1", general.id, card.ts)
    assert ONE in answers.shown
    assert TWO in answers.shown
    assert "Ben Example" in answers.shown
    assert "Cara" not in answers.shown
    await ann.hears("An outstanding one", general.id, card.ts)
    await ann.hears("[Rate answers]", general.id)
    assert len([each for each in ann.sees(general.id) if each.by_bot and not each.to]) == 1

    for who, others in ((ben, TWO), (cara, ONE)):
        await who.presses("Rate the first", await who.hears("[Rate the first]"))
        rating = await who.form()
        assert others in page(rating)
        fields = [block["block_id"] for block in rating["blocks"] if block["type"] == "input"]
        found = await who.sends(rating, dict.fromkeys(fields, "4"))
        assert "Thank you" in page(found.answer["view"])
    for who in (ben, cara):
        await who.hears("One member rated it")
        await who.hears("Your scorecard")
    closed = await ann.hears("The feedback is with their authors", general.id)
    assert closed.ts == card.ts


async def test_rating_one_leads_to_the_next_in_the_same_modal(general: Channel, slack: FakeSlack) -> None:
    dan = slack.member("dan")
    slack.space.channels[general.id].members.add(dan.user)
    await general.set_up(numbers="no")
    card = await general.posted()
    for who in (general.ben, general.cara, dan):
        await general.answers(who, card, f"{ONE} That's {who.name}'s.")
    await general.ann.hears("3 answers so far", general.id)
    await general.opens()
    await dan.presses("Rate the first", await dan.hears("[Rate the first]"))
    view = await dan.form()
    first = page(view)
    await dan.sends(view, {"worked": "It asks for the cost first."})

    await general.running.delivery.settled(await general.round())
    await dan.presses_in(view, "Rate the next")
    second = slack.space.views[view["id"]]
    assert page(second) != first
    found = await dan.sends(second, {"next": "Say who decides."})
    assert "That's all I have for you" in page(found.answer["view"])


async def test_who_runs_a_channel(general: Channel, slack: FakeSlack) -> None:
    admin, guest = slack.member("dan", admin=True), slack.member("eve", admin=True)
    slack.space.strangers.add(guest.user)
    slack.space.channels[general.id].members |= {admin.user, guest.user}
    for who in (general.ben, guest):
        assert "Only people who run this channel" in (await who.runs("daily new", general.id)).answer["text"]
    await admin.runs("daily new", general.id)
    await admin.sends(await admin.form(), MORNING)
    await general.settled()
    assert "[Pause]" in (await general.lists(general.ann)).shown
    theirs = (await general.lists(general.ben)).shown
    assert "Monday to Friday at 09:30" in theirs
    assert "[Pause]" not in theirs
    assert "[Suggest a question]" in theirs
    calls = slack.calls["users.info"]
    await general.lists(general.ben)
    assert slack.calls["users.info"] == calls


@pytest.mark.parametrize("error", ["missing_scope", "ratelimited", "user_not_found"])
async def test_nobody_runs_what_cannot_be_looked_up(general: Channel, slack: FakeSlack, error: str) -> None:
    slack.fail("users.info", error)
    slack.fail("conversations.info", error)
    assert "Only people who run" in (await general.ann.runs("daily new", general.id)).answer["text"]
    await general.ann.runs("daily new", general.id)
    assert "A daily question" in page(await general.ann.form())


async def test_another_channel_than_the_one_it_was_typed_in(general: Channel, slack: FakeSlack) -> None:
    ann, ben = general.ann, general.ben
    away, own = slack.channel("away", ann, bot=False), slack.channel("own", ann, ben)
    await ann.runs("daily new", general.id)
    view = await ann.form()
    found = await ann.sends(view, MORNING | {"channel": away})
    assert "/invite @Hotseat" in found.answer["errors"]["channel"]
    found = await ann.sends(view, MORNING | {"channel": own})
    assert "Monday to Friday at 09:30" in page(found.answer["view"])
    await general.running.delivery.settled(Board("slack", TEAM, own).address)
    await ann.runs("daily", own)
    await ann.hears("Monday to Friday at 09:30", own)
    assert "no daily question in this channel" in (await general.lists(ann)).shown

    theirs = slack.channel("theirs", ben, ann)
    await ann.runs("daily new", general.id)
    view = await ann.form()
    found = await ann.sends(view, MORNING | {"channel": theirs})
    assert found.answer["response_action"] == "push"
    assert "Only people who run" in page(found.answer["view"])


async def test_a_user_group_is_offered_and_notified_once(general: Channel, slack: FakeSlack) -> None:
    slack.space.groups |= {"S0ML": "ML folk", "S0OPS": "Operations"}
    await general.ann.runs("daily new", general.id)
    view = await general.ann.form()
    assert await general.ann.looks_up(view, "role", "") == ["ML folk", "Operations"]
    assert await general.ann.looks_up(view, "role", "oper") == ["Operations"]
    await general.ann.sends(view, MORNING | {"role": "S0ML"})
    card = await general.posted()
    await general.answers(general.ben, card, ONE)
    await general.ann.hears("1 answer so far", general.id)
    assert slack.space.pings == ["<!subteam^S0ML>"]

    await general.ann.presses("Change", await general.lists(general.ann))
    chosen = next(block for block in (await general.ann.form())["blocks"] if block.get("block_id") == "role")
    assert chosen["element"]["initial_option"]["text"]["text"] == "ML folk"


@pytest.mark.parametrize("groups", [True, False])
async def test_without_user_groups_there_is_no_such_field(general: Channel, slack: FakeSlack, groups: bool) -> None:
    if groups:
        slack.fail("usergroups.list", "missing_scope")
    await general.ann.runs("daily new", general.id)
    assert "Who is notified" not in page(await general.ann.form())


async def test_the_channel_is_archived(general: Channel, slack: FakeSlack) -> None:
    await general.set_up()
    listing = await general.lists(general.ann)
    slack.space.channels[general.id].archived = True
    await general.ann.presses("Post now", listing)
    note = await general.ann.hears("it was archived")
    slack.space.channels[general.id].archived = False
    await general.ann.presses("Go on", note)
    await general.ann.hears("goes on")


async def test_answers_that_cannot_be_posted_are_still_rated(general: Channel, slack: FakeSlack) -> None:
    await general.set_up()
    card = await general.posted()
    await general.answers(general.ben, card, ONE)
    await general.answers(general.cara, card, TWO)
    await general.ann.hears("2 answers so far", general.id)
    slack.space.channels[general.id].members.discard("U0BOT")
    await general.opens()
    await general.ann.hears("I was removed from it")
    await general.ben.presses("Rate the first", await general.ben.hears("[Rate the first]"))
    assert TWO in page(await general.ben.form())


async def test_a_suggestion_is_decided_in_a_direct_message(general: Channel) -> None:
    await general.set_up()
    await general.ben.runs("daily suggest", general.id)
    view = await general.ben.form()
    found = await general.ben.sends(view, {"title": "Oops", "text": "Too short", "type": "debugging"})
    assert "20 to 1,500 characters" in found.answer["errors"]["text"]
    text = "Nobody has looked at your dashboards for a month. What do you do with them?"
    await general.ben.sends(view, {"title": "Unread dashboards", "text": text, "type": "debugging"})
    asked = await general.ann.hears("Unread dashboards")
    await general.ann.presses("Take it in", asked)
    await general.ann.hears("It's in.")
    await general.ben.hears("your question is in")


async def test_ones_own_reminder(general: Channel) -> None:
    await general.set_up()
    await general.ben.runs("daily mine", general.id)
    found = await general.ben.sends(await general.ben.form(), {"remind": "17:00", "zone": "Asia/Tokyo"})
    assert "Kept." in page(found.answer["view"])


async def test_where_no_channel_is_known(general: Channel) -> None:
    for words in ("daily", "daily new", "daily mine"):
        assert "belongs to a channel" in (await general.ben.runs(words)).answer["text"]
    assert "I don't know “daily dance”" in (await general.ben.runs("daily dance", general.id)).answer["text"]
    assert "daily" in (await general.ben.runs("help")).answer["text"]


async def test_a_mention_lists_what_there_is_with_a_button_for_each(general: Channel, slack: FakeSlack) -> None:
    await general.ann.says("", general.id, raw="<@U0BOT> daily new")
    offer = await general.ann.hears("[Set one up]", general.id)
    assert offer.to == general.ann.user
    await general.ann.presses("Set one up", offer)
    await general.ann.sends(await general.ann.form(), MORNING)
    await general.settled()
    await general.ben.says("", general.id, raw="<@U0BOT> daily")
    await general.ben.hears("Monday to Friday at 09:30", general.id)
    await general.ben.says("daily")
    await general.ben.hears("belongs to a channel")


async def test_what_was_typed_survives_a_store_that_is_away(
    general: Channel, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    await general.set_up()
    card = await general.posted()
    await general.ben.presses("Answer", card)
    view = await general.ben.form()
    with monkeypatch.context() as patched:

        async def away(*args: object) -> int:
            raise StoreAway("away")

        patched.setattr(general.store, "accept", away)
        found = await general.ben.sends(view, {"answer": ONE})
        assert found.answer["response_action"] == "push"
        await general.ann.presses("Pause", await general.lists(general.ann))
        await general.ann.hears("can't keep anything", general.id)

        async def blind(*args: object) -> bytes:
            raise StoreAway("away")

        patched.setattr(Desk, "considered", blind)
        asked = await general.cara.says("", general.id, raw="<@U0BOT> daily")
        await general.cara.hears("can't keep anything", general.id, after=asked)
        assert "can't keep anything" in (await general.cara.runs("daily", general.id)).answer["text"]
    assert "Sealed" in page((await general.ben.sends(view, {"answer": ONE})).answer["view"])


async def test_an_answer_after_all_were_opened_comes_back_to_its_author(general: Channel, slack: FakeSlack) -> None:
    await general.set_up()
    card = await general.posted()
    await general.ben.presses("Answer", card)
    view = await general.ben.form()
    await general.opens()
    await general.ann.hears("Nobody answered this one", general.id)
    found = await general.ben.sends(view, {"answer": ONE})
    assert found.answer["response_action"] == "push"
    assert ONE in page(found.answer["view"])


async def test_a_key_of_another_workspace_opens_nothing(general: Channel, slack: FakeSlack) -> None:
    await general.set_up()
    card = await general.posted()
    element, _ = card.button("Answer")
    element["value"] = element["value"].replace(TEAM, "T0ELSEWHERE")
    await general.ben.presses("Answer", card)
    await general.ben.hears("from before something changed", general.id)
    assert not [view for view in slack.space.views.values() if view["user"] == general.ben.user]


async def test_a_remark_that_cannot_be_made_in_the_channel_is_made_on_top(general: Channel, slack: FakeSlack) -> None:
    await general.set_up()
    listing = await general.lists(general.ann)
    slack.fail("chat.postEphemeral", "user_not_in_channel")
    await general.ann.presses("Preview", listing)
    assert "Next for Daily question" in page(await general.ann.form())
