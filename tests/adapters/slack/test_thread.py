"""Interviews in channel threads: who may answer, who sees what."""

from __future__ import annotations

from bot.chat.ids import ConversationId
from tests.adapters.slack.conftest import Running
from tests.adapters.slack.test_dm import ANSWER
from tests.delivery.people import until
from tests.fakes.slack import FakeSlack, Member, Message
from tests.fakes.slack.workspace import TEAM

PRACTICE = "practice question=stale-ai-search"


async def begun(slack: FakeSlack, who: Member, channel: str) -> tuple[str, Message]:
    """An interview in a thread: the thread and the question's card."""
    assert (await who.runs(PRACTICE, channel)).status == 200
    root = await who.hears("mock interview", channel)
    return root.ts, await who.hears("[Hint]", channel, root.ts)


async def test_the_interview_lives_in_its_thread_and_the_scorecard_is_the_candidates(
    hotseat: Running, slack: FakeSlack
) -> None:
    ann, ben = slack.member("ann"), slack.member("ben")
    general = slack.channel("general", ann, ben)
    thread, card = await begun(slack, ann, general)
    assert slack.space.find(general, thread) is not None
    said = await ann.says(ANSWER, general, thread)
    await ann.hears("Maya", general, thread, after=said)
    await ann.presses("Stop", card)
    form = await ann.hears("[Rate yourself]", general, thread)
    await ann.presses("Skip", form)
    scorecard = await ann.hears("Your scorecard")
    assert "last embedded" in scorecard.shown
    assert not any("Your scorecard ·" in each.shown for each in ben.sees(general, thread))
    pointer = await ann.hears("[Share here]", general, thread)
    assert pointer.to == ann.user

    await ann.presses("Share here", pointer)
    shared = await ben.hears("Your scorecard ·", general, thread)
    assert "last embedded" in shared.shown
    await ann.presses("See a strong answer", scorecard)
    await ann.hears("A strong answer", after=scorecard)
    assert not any("A strong answer" in each.shown for each in ben.sees(general, thread))


async def test_others_get_one_kind_note_and_their_words_go_nowhere(hotseat: Running, slack: FakeSlack) -> None:
    ann, ben = slack.member("ann"), slack.member("ben")
    general = slack.channel("general", ann, ben)
    thread, card = await begun(slack, ann, general)
    for text in ("it is the chunking, clearly", "hint", "stop"):
        await ben.says(text, general, thread)
    note = await ben.hears("somebody else's", general, thread)
    assert note.to == ben.user
    await ben.presses("Stop", card)
    await ben.hears("button belongs to somebody else", general, thread)
    said = await ann.says("did anything ship last week?", general, thread)
    await ann.hears("Maya", general, thread, after=said)
    notes = [each for each in ben.sees(general, thread) if "only listen" in each.shown]
    assert len(notes) == 1
    state = await hotseat.store.peek_state(ConversationId("slack", TEAM, general, thread).address)
    assert state is not None
    assert b"chunking" not in state


async def test_a_mention_is_a_command_too(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    general = slack.channel("general", ann)
    asked = await ann.says("", general, raw="<@U0BOT> practice question=stale-ai-search")
    await ann.hears("[Hint]", general, asked.ts)


async def test_talk_around_interviews_is_not_ours(hotseat: Running, slack: FakeSlack) -> None:
    ann, ben = slack.member("ann"), slack.member("ben")
    general = slack.channel("general", ann, ben)
    first = await ben.says("lunch at noon? practice later", general)
    await ben.says("sure", general, first.ts)
    await ben.says("help")
    await ben.hears("practice starts an interview")
    assert not [each for each in slack.space.messages if each.by_bot and each.channel == general]


async def test_a_channel_we_are_not_in(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    closed = slack.channel("closed", ann, bot=False)
    await ann.runs(PRACTICE, closed)
    note = await ann.hears("/invite @Hotseat")
    assert "I can't write in that channel" in note.shown

    async def set_aside() -> bool:
        return [letter.reason for letter in await hotseat.store.dead_letters()] == ["not_in_channel"]

    await until(set_aside, "the reply set aside")


async def test_a_channel_that_is_archived_in_the_middle(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    general = slack.channel("general", ann)
    thread, _ = await begun(slack, ann, general)
    slack.space.channels[general].archived = True
    await ann.says("is it all articles or some?", general, thread)
    note = await ann.hears("it was archived")
    assert "Nothing you said is lost" in note.shown
