"""A member of a channel and the adapter in front of a scripted reception: the harness of what adapters promise groups."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.slack.connect import Access, SlackAdapter
from bot.chat.events import Event
from bot.chat.ids import Board, Person
from bot.chat.replies import Reply
from tests.adapters.daily_contract import Scripted
from tests.fakes.slack import FakeSlack, Message
from tests.fakes.slack.workspace import TEAM

ROLE = "S0MLFOLK"


def page(view: Mapping[str, Any]) -> str:
    """What a modal shows."""
    return Message("", "", "", "", blocks=view["blocks"]).shown


class Group:
    """Ann, in a channel she made, with the adapter."""

    def __init__(self, slack: FakeSlack) -> None:
        self.slack = slack
        self.ann = slack.member("ann")
        self.general = slack.channel("general", self.ann)
        slack.space.groups[ROLE] = "ML folk"
        self.adapter = SlackAdapter(Access(slack.bot_token, slack.app_token, api_url=slack.api_url), lambda: 1_000)
        self.desk = Scripted()
        self.board = Board("slack", TEAM, self.general)
        self.person = Person("slack", TEAM, self.ann.user)
        self.accepted: list[Event] = []
        self.role = ROLE
        self._references: dict[str, str] = {}
        self._told: list[str] = []
        self._typed: dict[str, str] = {}

    async def accept(self, events: Sequence[Event]) -> None:
        self.accepted += events

    async def post(self, reply: Reply) -> None:
        known = self._references.get(reply.edits or reply.under, "")
        self._references[reply.id] = await self.adapter.post(reply, known)

    def channel(self) -> list[str]:
        return [each.shown for each in self.ann.sees(self.general) if each.by_bot and not each.to]

    def thread(self, reply: str) -> list[str]:
        _, _, ts = self._references[reply].partition(":")
        return [each.shown for each in self.ann.sees(self.general, ts) if each.by_bot and each.ts != ts]

    def alone(self) -> str:
        passing = [each for each in self.ann.sees(self.general) if each.to]
        direct = [each for each in self.ann.sees() if each.by_bot]
        notes = [page(view) for view in self.slack.space.views.values() if "submit" not in view]
        return "\n".join([*(each.shown for each in (*passing, *direct)), *notes, *self._told])

    def moments_s(self) -> list[int]:
        newest = [each for each in self.ann.sees(self.general) if each.by_bot][-1]
        return [int(found) for found in re.findall(r"<!date\^(\d+)\^", str(newest.blocks))]

    def notified(self) -> list[str]:
        return [ping.removeprefix("<!subteam^").rstrip(">") for ping in self.slack.space.pings]

    async def press(self, label: str) -> None:
        found = [each for each in self.ann.sees(self.general) if f"[{label}]" in each.shown]
        await self.ann.presses(label, found[-1])

    async def command(self, words: str) -> None:
        await self.ann.runs(f"daily {words}", self.general)

    async def form(self) -> str:
        return page(await self.ann.form())

    async def send(self, values: Mapping[str, str]) -> str:
        self._typed |= values
        answer = (await self.ann.sends(await self.ann.form(), self._typed)).answer
        if answer.get("response_action") == "errors":
            return "\n".join(answer["errors"].values())  # what was typed stays where it is
        self._typed = self._typed if answer.get("response_action") == "push" else {}
        if "view" in answer:
            self._told.append(page(answer["view"]))
        return ""
