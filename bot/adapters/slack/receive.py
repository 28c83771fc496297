"""What happens with what Slack sends: an event for somebody's mailbox, an answer at once, or nothing.

A message is looked at only if an interview is held where it was written, or if it is addressed to us; anything else is
dropped here, before anything is stored or logged. Each handler returns what the acknowledgement carries, None if nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

from bot.adapters.slack import asked, limits, parse, render, text, views
from bot.adapters.slack.asked import Asked
from bot.adapters.slack.calls import Calls, at_once
from bot.adapters.slack.dailies import STORE_AWAY, Dailies
from bot.adapters.slack.held import Held
from bot.adapters.slack.parse import Command, Heard, Press
from bot.adapters.slack.post import Poster
from bot.chat import daily
from bot.chat.adapter import Accept, Reception
from bot.chat.events import Deleted, Edited, Event, Pressed, Ran, Said, Submitted
from bot.chat.ids import Address, ConversationId, Person
from bot.chat.meanings import Form, Meaning, Paragraph

_log = logging.getLogger(__name__)

Body = Mapping[str, Any]
Answer = dict[str, Any] | None

SETUP, PRACTICE, THREAD = "setup", "practice", "thread"
FORM_GONE = "That form belongs to somebody else's interview, or to one that has gone on since."
FORGETTING = (
    "I'm removing everything I keep about you: interviews, answers, scorecards, history. It takes a few seconds. "
    "What stands in Slack stays there until you delete it."
)
FORGET_HOW = "To have everything I keep about you removed, type the whole of it: `/hotseat forget me`."
IT_WAITS = "I can't keep anything just now. What you wrote waits here, and I'll answer as soon as I can."
PROMPTS = (
    ("Try an interview now", "practice"),
    ("Find a production failure", "practice debugging"),
    ("See my past interviews", "history"),
)


class Receiver:
    """Reads what arrives. Everything that changes state goes through `accept`."""

    def __init__(
        self,
        calls: Calls,
        poster: Poster,
        bot: parse.Bot,
        accept: Accept,
        reception: Reception,
        clock: Callable[[], int],
    ) -> None:
        self._calls = calls
        self._poster = poster
        self._bot = bot
        self._accept = accept
        self._reception = reception
        self._clock = clock
        self._dailies = Dailies(calls, bot, accept, reception, clock)
        self._held = Held(self._heard, self._say_it_waits)
        self._tasks: set[asyncio.Task[Any]] = set()

    async def close(self) -> None:
        """End what is still being shown."""
        await self._held.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=limits.AT_ONCE_WITHIN_S)
        for task in self._tasks:
            task.cancel()

    def _meanwhile(self, doing: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.ensure_future(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # The Events API

    async def event(self, body: Body) -> Answer:
        """A message, a look at the home page, our end in this workspace; anything else is nothing to us."""
        event = body.get("event")
        kind = event.get("type") if isinstance(event, dict) else None
        if kind == "message":
            heard = parse.message(body, self._bot, self._clock())
            if heard is not None:
                await self._held.take(heard)
            else:
                _log.debug("a message was ignored: nobody's words, or of a shape unknown here")
        elif kind == "app_home_opened" and isinstance(event, dict):
            await self._home_opened(body, event)
        elif kind in {"app_uninstalled", "tokens_revoked"}:
            _log.error("Slack says %s: what waits to be said there is set aside; install the app again to go on", kind)
        else:
            _log.debug("an event was ignored: of no concern here")
        return None

    async def _say_it_waits(self, heard: Heard) -> None:
        thread = {"thread_ts": heard.place.thread} if heard.place.thread else {}
        await at_once(self._calls, "chat.postMessage", channel=heard.place.channel, text=IT_WAITS, **thread)

    async def ignored(self, body: Body) -> Answer:
        """Something that asks for nothing."""
        del body
        return None

    async def _heard(self, heard: Heard) -> None:
        if heard.private:
            self._poster.learn(heard.person.id, heard.place.channel)
            place, candidate = await self._private_interview(heard.place)
        elif heard.place.thread:
            place, candidate = heard.place, await self._reception.candidate(heard.place.address)
        else:
            if heard.mentioned and heard.kind == "said":
                await self._mentioned(heard)
            return
        if candidate is not None and (candidate.id, candidate.workspace) == (heard.person.id, heard.person.workspace):
            await self._by_the_candidate(heard, place)
        elif candidate is not None and heard.kind == "said":
            # One kind word, whatever they write: the same name for all of it, and none of it is kept.
            name = parse.named(heard.place.workspace, parse.about(place.address, heard.person.id), "bystander")
            await self._accept([Ran(name, place.address, heard.at_ms, heard.person, "bystander")])
        elif candidate is None and heard.private and heard.kind == "said":
            await self._outside(heard)

    async def _private_interview(self, place: ConversationId) -> tuple[ConversationId, Person | None]:
        """The interview a direct message belongs to: its thread's, else the one held beside all threads."""
        if place.thread:
            found = await self._reception.candidate(place.address)
            if found is not None:
                return place, found
            place = replace(place, thread="")
        return place, await self._reception.candidate(place.address)

    async def _by_the_candidate(self, heard: Heard, place: ConversationId) -> None:
        to, at_ms, person = place.address, heard.at_ms, heard.person
        event: Event
        if heard.kind == "edited":
            event = Edited(heard.name, to, at_ms, person, heard.message, heard.text)
        elif heard.kind == "deleted":
            event = Deleted(heard.name, to, at_ms, person, heard.message)
        else:
            word = heard.text.strip().casefold().lstrip("/").rstrip(".!")
            if word in parse.WORDS:
                event = Ran(heard.name, to, at_ms, person, word)
            elif word.startswith(("practi", "history", "forget me")) and await self._commanded(heard, place):
                return
            else:
                event = Said(heard.name, to, at_ms, person, heard.text, heard.message)
        await self._accept([event])

    async def _commanded(self, heard: Heard, place: ConversationId) -> bool:
        """A command typed as a message, in full; False if it is only a sentence that begins like one."""
        wanted = await asked.read(heard.text, self._reception)
        if wanted.unknown or wanted.command not in {PRACTICE, "history", "forget me"}:
            return False
        if wanted.command == PRACTICE:
            await self._accept([Ran(heard.name, place.address, heard.at_ms, heard.person, PRACTICE, wanted.options)])
        else:
            await self._accept([Ran(heard.name, heard.person.address, heard.at_ms, heard.person, wanted.command)])
        return True

    async def _outside(self, heard: Heard) -> None:
        """A direct message where no interview is open: a command, or the offer to begin one. Its words go no further."""
        if await self._commanded(heard, heard.place):
            return
        word = heard.text.strip().casefold().rstrip(".!")
        if word.split()[:1] == [daily.LIST]:
            self._meanwhile(self._dailies.typed(heard, daily.LIST))
            return
        command = "help" if word == "help" else "lost"
        await self._accept([Ran(heard.name, heard.person.address, heard.at_ms, heard.person, command)])

    async def _mentioned(self, heard: Heard) -> None:
        """Our name at the beginning of a message in a channel: the same as the slash command."""
        wanted = await asked.read(heard.text, self._reception)
        if wanted.command == PRACTICE and not wanted.unknown:
            # The message that asks is what the interview hangs from.
            place = replace(heard.place, thread=heard.message)
            await self._accept([Ran(heard.name, place.address, heard.at_ms, heard.person, PRACTICE, wanted.options)])
        elif _is_daily(wanted.command):
            self._meanwhile(self._dailies.typed(heard, wanted.command))
        else:
            await self._accept([Ran(heard.name, heard.person.address, heard.at_ms, heard.person, "help")])

    async def _home_opened(self, body: Body, event: Body) -> None:
        team, user, channel = parse.workspace(body), event.get("user"), event.get("channel")
        if not team or not isinstance(user, str):
            return
        person = Person(parse.PLATFORM, team, user)
        direct = channel if isinstance(channel, str) and parse.is_direct(channel) else ""
        if direct:
            self._poster.learn(user, direct)
        if event.get("tab") == "messages":
            name = parse.named(team, parse.about(user), "hello", str(body.get("event_id") or ""))
            await self._accept([Ran(name, person.address, self._clock(), person, "hello")])
            if direct:
                self._meanwhile(self._suggest(direct))
        else:
            self._meanwhile(self._show_home(person, direct))

    async def _show_home(self, person: Person, direct: str) -> None:
        talk = ConversationId(parse.PLATFORM, person.workspace, direct).address
        try:
            meanings = await self._reception.home(talk, person)
        except Exception as error:  # noqa: BLE001 - a page that is not shown must not end anything
            _log.warning("a home page could not be made: %s", type(error).__name__)
            meanings = (Paragraph(STORE_AWAY),)
        await at_once(
            self._calls, "views.publish", user_id=person.id, view=views.home(meanings, talk if direct else "")
        )

    async def _suggest(self, channel: str) -> None:
        prompts = [{"title": title, "message": message} for title, message in PROMPTS]
        await at_once(self._calls, "assistant.threads.setSuggestedPrompts", channel_id=channel, prompts=prompts)

    # Commands and shortcuts

    async def command(self, body: Body) -> Answer:
        """`/hotseat …`."""
        given = parse.command(body)
        if given is None:
            return None
        wanted = await asked.read(given.words, self._reception)
        try:
            return await self._run(given, wanted)
        except Exception as error:  # noqa: BLE001 - the person is told, and Slack does not send a command again
            _log.warning("a command could not be taken: %s", type(error).__name__)
            return {"text": STORE_AWAY}

    async def _run(self, given: Command, wanted: Asked) -> Answer:
        person, now_ms = given.person, self._clock()
        if wanted.unknown:
            return {"text": f"I don't know “{text.shortened(wanted.unknown, 80)}” here.\n\n{asked.HELP}"}
        if _is_daily(wanted.command):
            return await self._dailies.command(given, wanted.command)
        if wanted.command == PRACTICE:
            problems = await self._reception.problems(SETUP, wanted.options)
            if problems:
                return {"text": text.escaped(" ".join(problems.values()))}
            await self._accept([self._begin(given, wanted.options)])
            return {"text": "I'll ask you in our direct messages."} if given.private else None
        if wanted.command == SETUP:
            await self._open_setup(given)
            return None
        if wanted.command == "history":
            return _ephemeral(await self._reception.history(person))
        if wanted.command == "forget me":
            await self._accept([Ran(given.name, person.address, now_ms, person, "forget me", {"quiet": "yes"})])
            return {"text": FORGETTING}
        return {"text": FORGET_HOW if wanted.command == "forget" else asked.HELP}

    def _begin(self, given: Command, options: Mapping[str, str]) -> Ran:
        """An interview: in a thread of the channel, or between us."""
        person, now_ms = given.person, self._clock()
        if given.private:
            return Ran(given.name, person.address, now_ms, person, PRACTICE, options)
        channel = ConversationId(parse.PLATFORM, person.workspace, given.channel).address
        return Ran(given.name, channel, now_ms, person, THREAD, options)

    async def _open_setup(self, given: Command, question: str = "", words: str = "") -> None:
        to = given.person.address
        if not given.private:
            to = ConversationId(parse.PLATFORM, given.person.workspace, given.channel).address
        form = await self._reception.form(to, given.person, SETUP)
        if form is None:
            return
        if question:
            labels = dict(await self._reception.choices("question", "", 10_000))
            chosen = ((question, labels.get(question, question)),)
            fields = tuple(
                replace(field, value=question, choices=chosen) if field.id == "question" else field
                for field in form.fields
            )
            form = replace(form, fields=fields)
        await self._open(given.trigger, replace(form, text=words or form.text), to)

    async def _open(self, trigger: str, form: Form | None, to: Address) -> None:
        view = views.form(form, to) if form is not None else views.note(FORM_GONE)
        await at_once(self._calls, "views.open", trigger_id=trigger, view=view)

    async def shortcut(self, body: Body) -> Answer:
        """“Practise this question” on a message: the form, with the question it names filled in."""
        given = parse.shortcut(body)
        if given is not None:
            question = await asked.question_in(given.words, self._reception)
            words = "" if question else "That message names none of my questions. Choose what you'd like to practise."
            # Wherever the message stands, practising it is between us.
            await self._open_setup(replace(given, channel="", words=""), question, words)
        return None

    # Buttons, forms and lists

    async def action(self, body: Body) -> Answer:
        """A pressed button. One that opens a form is answered at once, every other is an event."""
        press = parse.press(body)
        if press is None:
            return None
        if press.private and press.place is not None:
            self._poster.learn(press.person.id, press.place.channel)
        if daily.is_daily(press.action):
            await self._dailies.pressed(press)
        elif press.action == render.OPEN_FORM and press.to is not None:
            form = await self._reception.form(press.to.address, press.person, press.value)
            await self._open(press.trigger, form, press.to.address)
        elif press.action == SETUP:
            await self._open_setup(Command(press.name, press.person, "", "", press.trigger))
        else:
            await self._accept([self._pressed(press)])
        return None

    def _pressed(self, press: Press) -> Event:
        now_ms, person = self._clock(), press.person
        if press.action == PRACTICE:
            to = person.address if press.place is None else replace(press.place, thread="").address
            return Ran(press.name, to, now_ms, person, PRACTICE)
        to = press.to.address if press.to is not None else person.address
        return Pressed(press.name, to, now_ms, person, press.action, press.value)

    async def options(self, body: Body) -> Answer:
        """A list that is looked up while somebody types."""
        field, typed = body.get("block_id"), body.get("value")
        if body.get("action_id") == views.GROUP:
            return {"options": views.options(await self._dailies.groups(typed if isinstance(typed, str) else ""))}
        rows = await self._reception.choices(
            field if isinstance(field, str) else "", typed if isinstance(typed, str) else "", limits.OPTIONS
        )
        return {"options": views.options(rows)}

    async def submission(self, body: Body) -> Answer:
        """A form that was sent: problems at once, then a look at what it leads to, then the event."""
        view, person = body.get("view"), parse.presser(body)
        if not isinstance(view, dict) or person is None:
            return None
        carried = views.Carried.load(view.get("private_metadata"))
        if carried is not None and daily.is_daily(carried.form):
            return await self._dailies.submitted(view, carried.form, person)
        to = parse.destination(carried.to, person.workspace) if carried is not None else None
        if carried is None or to is None:
            return None
        fields = carried.fields if view.get("callback_id") == views.PREVIEW else views.entered(view)
        problems = await self._reception.problems(carried.form, fields)
        if problems:
            return {"response_action": "errors", "errors": dict(problems)}
        fields = await self._reception.settled(carried.form, fields)
        if view.get("callback_id") == views.FORM:
            look = await self._reception.preview(carried.form, fields)
            if look is not None:
                view = views.preview(look, replace(carried, fields=fields))
                return {"response_action": "update", "view": view}
        name = parse.named(person.workspace, "view", str(view.get("id") or body.get("trigger_id") or ""))
        try:
            await self._accept([self._submitted(name, to, person, carried.form, fields)])
        except Exception as error:  # noqa: BLE001 - on top of the form, which keeps what was entered
            _log.warning("a form could not be taken: %s", type(error).__name__)
            return {"response_action": "push", "view": views.note(STORE_AWAY)}
        return None

    def _submitted(self, name: str, to: Address, person: Person, form: str, fields: Mapping[str, str]) -> Event:
        now_ms = self._clock()
        if form != SETUP:
            return Submitted(name, to, now_ms, person, form, fields)
        if to == person.address:
            return Ran(name, to, now_ms, person, PRACTICE, fields)
        place = ConversationId.of(to)
        if not place.thread and not parse.is_direct(place.channel):
            return Ran(name, to, now_ms, person, THREAD, fields)
        return Submitted(name, to, now_ms, person, form, fields)


def _is_daily(command: str) -> bool:
    return command in daily.COMMANDS.values()


def _ephemeral(meanings: tuple[Meaning, ...]) -> dict[str, Any]:
    """An answer that only the person sees. What does not fit into one message is left to the home page."""
    first = render.messages(meanings)[0]
    return {"text": first.text, "blocks": list(first.blocks), "response_type": "ephemeral"}
