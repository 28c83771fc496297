"""People of the workspace: what they can do in Slack, and what they see."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.slack import checks, workspace
from tests.fakes.slack.workspace import APP, TEAM, Channel, Message

if TYPE_CHECKING:
    from tests.fakes.slack.server import Delivery, FakeSlack


def written(text: str) -> str:
    """What Slack makes of a typed text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a keyboard."""

    slack: FakeSlack
    user: str
    name: str

    @property
    def dm(self) -> str:
        """Their conversation with the bot."""
        return self.slack.space.direct(self.user).id

    # What they do

    async def says(
        self, text: str, channel: str = "", thread: str = "", raw: str | None = None, **more: Any
    ) -> Message:
        """Send a message; `raw` is the text as Slack writes it, where that differs from escaping."""
        where = self._channel(channel)
        message = Message(where.id, self.slack.space.ts(), self.user, raw if raw is not None else written(text), thread)
        self.slack.space.add(message)
        event = message.payload() | {"channel": where.id, "channel_type": where.kind, "event_ts": message.ts} | more
        if thread:
            event["parent_user_id"] = workspace.BOT_USER
        await self.slack.event(event)
        return message

    async def edits(self, message: Message, text: str) -> Delivery:
        """Change a message of theirs."""
        before = message.payload()
        message.text = written(text)
        now = self.slack.space.ts()
        after = message.payload() | {"edited": {"user": self.user, "ts": now}}
        return await self._about("message_changed", message, now, {"message": after, "previous_message": before})

    async def deletes(self, message: Message) -> Delivery:
        """Remove a message of theirs."""
        self.slack.space.messages.remove(message)
        now = self.slack.space.ts()
        more = {"deleted_ts": message.ts, "previous_message": message.payload()}
        return await self._about("message_deleted", message, now, more)

    async def _about(self, subtype: str, message: Message, now: str, more: Mapping[str, Any]) -> Delivery:
        where = self.slack.space.channels[message.channel]
        event = {"type": "message", "subtype": subtype, "hidden": True, "channel": where.id, "channel_type": where.kind}
        return await self.slack.event(event | {"ts": now, "event_ts": now} | dict(more))

    async def runs(self, text: str, channel: str = "") -> Delivery:
        """`/hotseat <text>`."""
        where = self._channel(channel)
        body = {
            "token": "unused",
            "team_id": TEAM,
            "team_domain": "hotseat",
            "channel_id": where.id,
            "channel_name": where.name,
            "user_id": self.user,
            "user_name": self.name,
            "command": "/hotseat",
            "text": text,
            "api_app_id": APP,
            "is_enterprise_install": "false",
            "response_url": "https://hooks.slack.test/unused",
            "trigger_id": self.slack.trigger(self.user),
        }
        found = await self.slack.deliver("slash_commands", body)
        if found.answer.get("text"):
            checks.message_blocks(found.answer.get("blocks", []))
            shown = Message(where.id, self.slack.space.ts(), workspace.BOT_USER, found.answer["text"], to=self.user)
            shown.blocks = list(found.answer.get("blocks", ()))
            self.slack.space.add(shown)
        return found

    async def presses(self, label: str, message: Message) -> Delivery:
        """Press a button under a message."""
        element, block = message.button(label)
        container: dict[str, Any] = {"type": "message", "message_ts": message.ts, "channel_id": message.channel}
        if message.thread:
            container["thread_ts"] = message.thread
        container["is_ephemeral"] = bool(message.to)
        where = self.slack.space.channels[message.channel]
        more = {"container": container, "channel": {"id": where.id, "name": where.name}}
        if not message.to:
            more["message"] = message.payload()
        return await self._interacts("block_actions", actions=[self._action(element, block)], **more)

    async def presses_at_home(self, label: str) -> Delivery:
        """Press a button on the home page."""
        home = self.slack.space.homes[self.user]
        page = Message("", "", workspace.BOT_USER, "", blocks=home["blocks"])
        element, block = page.button(label)
        container = {"type": "view", "view_id": home["id"]}
        return await self._interacts(
            "block_actions", actions=[self._action(element, block)], container=container, view=home
        )

    async def presses_in(self, view: Mapping[str, Any], label: str) -> Delivery:
        """Press a button in a modal."""
        view = self.slack.space.views[view["id"]]
        element, block = Message("", "", workspace.BOT_USER, "", blocks=view["blocks"]).button(label)
        container = {"type": "view", "view_id": view["id"]}
        actions = [self._action(element, block)]
        return await self._interacts("block_actions", actions=actions, container=container, view=view)

    async def opens(self, tab: str) -> Delivery:
        """Look at the app: its `home` or its `messages`."""
        event = {"type": "app_home_opened", "user": self.user, "channel": self.dm, "tab": tab}
        return await self.slack.event(event | {"event_ts": self.slack.space.ts()})

    async def practises(self, message: Message) -> Delivery:
        """The shortcut on a message."""
        where = self.slack.space.channels[message.channel]
        return await self._interacts(
            "message_action",
            callback_id="hotseat.practise",
            message=message.payload(),
            message_ts=message.ts,
            channel={"id": where.id, "name": where.name},
        )

    async def sends(self, view: Mapping[str, Any], values: Mapping[str, str]) -> Delivery:
        """Fill in a form and send it; the answer may replace it or point at mistakes."""
        view = self.slack.space.views[view["id"]]
        state: dict[str, dict[str, Any]] = {}
        for block in view["blocks"]:
            if block["type"] == "input":
                element, value = block["element"], values.get(block["block_id"])
                state[block["block_id"]] = {element["action_id"]: _entry(element, value)}
        sent = {**view, "state": {"values": state}}
        found = await self._interacts("view_submission", view=sent)
        answer = found.answer
        if answer.get("response_action") == "update":
            checks.view(answer["view"], ("modal",))
            self.slack.change_view(view["id"], dict(answer["view"]))
        elif answer.get("response_action") == "push":
            checks.view(answer["view"], ("modal",))
        elif answer.get("response_action") == "errors":
            assert set(answer["errors"]) <= set(state), "Slack shows no mistake in a field that is not there"
        elif not answer.get("response_action"):
            del self.slack.space.views[view["id"]]
        return found

    async def looks_up(self, view: Mapping[str, Any], field: str, typed: str) -> list[str]:
        """Type into a list that is looked up; the labels it offers."""
        block = next(block for block in view["blocks"] if block.get("block_id") == field)
        action = block["element"]["action_id"]
        found = await self._interacts(
            "block_suggestion", block_id=field, action_id=action, value=typed, view=dict(view)
        )
        rows = found.answer["options"]
        checks.options(rows)
        return [workspace.unescaped(row["text"]["text"]) for row in rows]

    async def _interacts(self, kind: str, **more: Any) -> Delivery:
        body = {
            "type": kind,
            "team": {"id": TEAM, "domain": "hotseat"},
            "user": {"id": self.user, "username": self.name, "name": self.name, "team_id": TEAM},
            "api_app_id": APP,
            "token": "unused",
            "enterprise": None,
            "is_enterprise_install": False,
            "trigger_id": self.slack.trigger(self.user),
            **more,
        }
        return await self.slack.deliver("interactive", body)

    def _action(self, element: Mapping[str, Any], block: Mapping[str, Any]) -> dict[str, Any]:
        found = {key: element[key] for key in ("action_id", "value", "text", "style", "type") if key in element}
        return found | {"block_id": block.get("block_id") or "b1", "action_ts": f"{time.time():.6f}"}

    # What they see

    def sees(self, channel: str = "", thread: str | None = None) -> list[Message]:
        """The messages in their conversation with the bot, or in a channel or thread."""
        return self.slack.space.seen(self.user, self._channel(channel).id, thread)

    async def hears(
        self, part: str, channel: str = "", thread: str | None = None, after: Message | None = None
    ) -> Message:
        """The first message of the bot's that says this, once it is there; `after` leaves out what was said before."""

        def found() -> Message | None:
            return next(
                (
                    each
                    for each in self.sees(channel, thread)
                    if each.by_bot and part in each.shown and (after is None or each.ts > after.ts)
                ),
                None,
            )

        try:
            message = await self.slack.until(found, part)
        except AssertionError:
            seen = "\n---\n".join(each.shown for each in self.sees(channel, thread))
            raise AssertionError(f"{self.name} never heard {part!r}, but:\n{seen}") from None
        assert isinstance(message, Message)
        return message

    async def form(self) -> Mapping[str, Any]:
        """The form that is open before them."""

        def found() -> Mapping[str, Any] | None:
            return next((view for view in reversed(self.slack.space.views.values()) if view["user"] == self.user), None)

        view = await self.slack.until(found, "a form")
        assert isinstance(view, Mapping)
        return view

    def _channel(self, channel: str) -> Channel:
        return self.slack.space.channels[channel] if channel else self.slack.space.direct(self.user)


def _entry(element: Mapping[str, Any], value: str | None) -> dict[str, Any]:
    kind = element["type"]
    if kind in {"plain_text_input", "number_input"}:
        return {"type": kind, "value": value if value is not None else element.get("initial_value")}
    if kind == "conversations_select":
        return {"type": kind, "selected_conversation": value or element.get("initial_conversation")}
    if kind.startswith("multi_"):
        chosen = element.get("initial_options", [])
        if value is not None:
            chosen = [_row(element, each) for each in value.split(",") if each]
        return {"type": kind, "selected_options": chosen}
    return {"type": kind, "selected_option": element.get("initial_option") if value is None else _row(element, value)}


def _row(element: Mapping[str, Any], value: str) -> Mapping[str, Any]:
    rows = element.get("options") or [{"text": {"type": "plain_text", "text": value}, "value": value}]
    found: Mapping[str, Any] = next(row for row in rows if row["value"] == value)
    return found
