"""Daily questions in Slack: their buttons, forms and commands, each answered to the person alone.

What is opened or said comes from `Reception`; what changes something goes to `accept` first. Which event leads to what is decided
elsewhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.adapters.slack import limits, parse, render, views
from bot.adapters.slack.calls import Calls, at_once
from bot.adapters.slack.parse import Command, Heard, Press
from bot.adapters.slack.who import Who
from bot.chat import daily, ids
from bot.chat.adapter import Accept, Reception
from bot.chat.events import Pressed, Ran, Submitted
from bot.chat.ids import Address, Board, ConversationId, Person
from bot.chat.meanings import Field, Form, Meaning, Paragraph

_log = logging.getLogger(__name__)

Answer = dict[str, Any] | None

STORE_AWAY = "I can't keep anything just now, so nothing was started and nothing is lost. Try again in a minute."
OLD_BUTTON = (
    "That button is from before something changed here. `/hotseat daily` in its channel shows what there is now."
)
OLD_FORM = "This form is from before something changed here. Copy what you wrote, and open it again."
TYPE_IT_THERE = "A daily question belongs to a channel: type /hotseat daily there, where it is asked or is to be."
NOT_OPENED = "Slack didn't let me open the form in time. Once more, please."
NOT_THERE = "I'm not in that channel. Invite me there with /invite @Hotseat, then send this again."

CHANNEL = "channel"
"""The field of a form in which another channel than the one it was opened in can be chosen."""

_ANYBODYS = frozenset({daily.ANSWER, daily.RATE, daily.TAKE_BACK, daily.SUGGEST, daily.MINE})
"""What everybody may do. Whether they run the channel is not looked up then: a whole channel may answer in one minute."""


class Dailies:
    """Takes what people do about daily questions."""

    def __init__(
        self, calls: Calls, bot: parse.Bot, accept: Accept, reception: Reception, clock: Callable[[], int]
    ) -> None:
        self._calls = calls
        self._bot = bot
        self._accept = accept
        self._reception = reception
        self._clock = clock
        self._who = Who(calls, bot.team)

    # Buttons

    async def pressed(self, press: Press) -> None:
        """A button whose action belongs to daily questions."""
        try:
            said = await self._pressed(press)
        except Exception as error:  # noqa: BLE001 - the person is told, and Slack does not send a press again
            _log.warning("a press could not be taken: %s", type(error).__name__)
            said = (Paragraph(STORE_AWAY),)
        if said:
            await self._say(press, said)

    async def _pressed(self, press: Press) -> Sequence[Meaning]:
        to = self._target(press.value, press.person)
        if to is None:
            return (Paragraph(OLD_BUTTON if press.value else TYPE_IT_THERE),)
        person, runs = press.person, False
        if press.action not in _ANYBODYS:
            standing = await self._who.standing(person, _channel(to))
            person, runs = standing.person, standing.organises
        event = Pressed(press.name, to, self._clock(), person, press.action, press.value, runs)
        if press.action in daily.OPENS:
            found = await self._reception.opened(event)
            if not isinstance(found, Form):
                return found
            await self._open(found, press.trigger, press.view)
            return ()
        considered = await self._reception.considered(event)
        if considered.take:
            await self._accept([event])
        return considered.said

    async def _say(self, press: Press, said: Sequence[Meaning]) -> None:
        """Tell the person who pressed, and nobody else: where they pressed, or on top of everything."""
        if press.view:
            await at_once(self._calls, "views.update", view_id=press.view, view=views.told(said))
        elif press.place is None or not await self._aside(press.place, press.person, said):
            await at_once(self._calls, "views.open", trigger_id=press.trigger, view=views.told(said))

    async def _aside(self, place: ConversationId, person: Person, said: Sequence[Meaning]) -> bool:
        """A passing remark in a channel, a message between us; whether it is there."""
        private = parse.is_direct(place.channel)
        for message in render.messages(said):
            shown = await at_once(
                self._calls,
                "chat.postMessage" if private else "chat.postEphemeral",
                channel=place.channel,
                user=None if private else person.id,
                thread_ts=place.thread or None,
                text=message.text,
                blocks=list(message.blocks),
                mrkdwn=False if private else None,
                parse="none",
                link_names=False,
            )
            if not shown:
                return False
        return True

    # Commands

    async def command(self, given: Command, command: str) -> Answer:
        """`/hotseat daily …`: what it says, or a form; `command` is one of `daily.COMMANDS`."""
        if given.private:
            return {"text": TYPE_IT_THERE}
        place = ConversationId(parse.PLATFORM, given.person.workspace, given.channel)
        found = await self._ran(given.name, given.person, place, command)
        if isinstance(found, Form):
            return None if await self._open(found, given.trigger) else {"text": NOT_OPENED}
        messages = render.messages(found)
        if not messages or (len(messages) > 1 and await self._aside(place, given.person, found)):
            return None
        first = messages[0]
        return {"text": first.text, "blocks": list(first.blocks), "response_type": "ephemeral"}

    async def typed(self, heard: Heard, command: str) -> None:
        """The same as a message that begins with our name, or between us. That opens no form, so it lists what there is; the
        list has a button for each."""
        said: Form | Sequence[Meaning] = (Paragraph(TYPE_IT_THERE),)
        if not heard.private:
            shown = daily.LIST if command in daily.OPENS else command
            try:
                said = await self._ran(heard.name, heard.person, heard.place, shown)
            except Exception as error:  # noqa: BLE001 - nobody else would notice
                _log.warning("a command could not be taken: %s", type(error).__name__)
                said = (Paragraph(STORE_AWAY),)
        if not isinstance(said, Form):
            await self._aside(heard.place, heard.person, said)

    async def _ran(self, name: str, person: Person, place: ConversationId, command: str) -> Form | Sequence[Meaning]:
        board, now_ms = Board(parse.PLATFORM, person.workspace, place.channel), self._clock()
        runs = command not in _ANYBODYS and (await self._who.standing(person, place.channel)).organises
        if command in daily.OPENS:
            pressed = Pressed(name, board.address, now_ms, person, command, board.key, runs)
            return await self._reception.opened(pressed)
        event = Ran(name, board.address, now_ms, person, command, organiser=runs)
        considered = await self._reception.considered(event)
        if considered.take:
            await self._accept([event])
        return considered.said

    # Forms

    async def submitted(self, view: Mapping[str, Any], form: str, person: Person) -> Answer:
        """A form that was sent. Whatever is not taken is said on top of it, so that nothing typed is lost."""
        try:
            return await self._submitted(view, form, person)
        except Exception as error:  # noqa: BLE001 - on top of the form, which keeps what was entered
            _log.warning("a form could not be taken: %s", type(error).__name__)
            return _on_top(STORE_AWAY)

    async def _submitted(self, view: Mapping[str, Any], form: str, person: Person) -> Answer:
        fields = views.entered(view)
        action, value = daily.of_form(form)
        if CHANNEL in fields:
            # The same form for another channel: only the beginning of the key is the board's.
            board = Board(parse.PLATFORM, person.workspace, fields[CHANNEL])
            value = ":".join((board.key, *value.split(":")[2:]))
        to = self._target(value, person)
        if to is None:
            return _on_top(OLD_FORM)
        form = daily.form_id(action, value)
        problems = await self._reception.problems(form, fields)
        if problems:
            return _wrong(view, problems)
        runs = False
        if action in _ANYBODYS:
            person = await self._who.named(person)
        else:
            standing = await self._who.standing(person, _channel(to))
            if standing.absent:
                return _wrong(view, {CHANNEL: NOT_THERE})
            person, runs = standing.person, standing.organises
        # The view changes while its id stays, where one form leads to the next.
        name = parse.named(person.workspace, "view", str(view.get("id") or ""), str(view.get("hash") or ""))
        event = Submitted(name, to, self._clock(), person, form, fields, runs)
        considered = await self._reception.considered(event)
        if considered.take:
            await self._accept([event])
        if not considered.said:
            return None
        action_name = "update" if considered.take else "push"
        return {"response_action": action_name, "view": views.told(considered.said)}

    async def _open(self, form: Form, trigger: str, view: str = "") -> bool:
        """Open a form, in place of the modal it was asked for in; whether it is open."""
        shown = views.form(await self._with_groups(form), "")
        if view:
            return await at_once(self._calls, "views.update", view_id=view, view=shown)
        return await at_once(self._calls, "views.open", trigger_id=trigger, view=shown)

    async def _with_groups(self, form: Form) -> Form:
        """The form with this workspace's user groups to choose from; without that field where there are none."""
        if not any(field.kind == "role" for field in form.fields):
            return form
        groups = await self._who.groups()

        def chosen_from(field: Field) -> Field:
            kept = ((field.value, "As it is"),) if field.value and field.value not in dict(groups) else ()
            return replace(field, choices=(*kept, *groups))

        fields = (chosen_from(field) if field.kind == "role" else field for field in form.fields)
        return replace(form, fields=tuple(fields))

    async def groups(self, typed: str) -> tuple[tuple[str, str], ...]:
        """The user groups that fit what was typed."""
        wanted = typed.strip().casefold()
        fitting = (row for row in await self._who.groups() if wanted in row[1].casefold())
        return tuple(fitting)[: limits.OPTIONS]

    # Whose it is

    def _target(self, value: str, person: Person) -> Address | None:
        """The mailbox a key belongs to, if it is one of this workspace."""
        try:
            to = daily.target(parse.PLATFORM, value)
        except ValueError:
            return None
        place = ids.where(to)
        return to if place.workspace in {person.workspace, self._bot.team} else None


def _channel(to: Address) -> str:
    place = ids.where(to)
    return place.channel if isinstance(place, ConversationId) else ""


def _on_top(words: str) -> dict[str, Any]:
    return {"response_action": "push", "view": views.note(words)}


def _wrong(view: Mapping[str, Any], problems: Mapping[str, str]) -> dict[str, Any]:
    """Mistakes beside their fields; on top of the form where one of them is about no field of it."""
    shown = {block.get("block_id") for block in view.get("blocks") or () if block.get("type") == "input"}
    if set(problems) <= shown:
        return {"response_action": "errors", "errors": dict(problems)}
    return _on_top(" ".join(problems.values()))
