"""Who somebody is in Slack: what they are called, whether they run a channel, which user groups can be notified.

Looked up for daily questions only, and remembered for a few minutes. What cannot be found out is answered with no.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from bot.adapters.slack import limits, text
from bot.adapters.slack.calls import Calls, looked_up
from bot.chat.ids import Person

T = TypeVar("T")


class _Kept(Generic[T]):
    """What was looked up lately."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[T, float]] = {}

    def get(self, name: str) -> T | None:
        found = self._held.get(name)
        return found[0] if found is not None and found[1] > time.monotonic() else None

    def put(self, name: str, value: T) -> None:
        if len(self._held) >= limits.REMEMBERED:
            self._held.clear()
        self._held[name] = value, time.monotonic() + limits.KNOWN_S


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    admin: bool


@dataclass(frozen=True, slots=True)
class _Channel:
    creator: str
    joined: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A person under the name they show; whether they own or administer the workspace, or created the channel; whether we know
    that we are not in it."""

    person: Person
    organises: bool
    absent: bool


class Who:
    """Looks up people, channels and user groups of the workspace `team`."""

    def __init__(self, calls: Calls, team: str) -> None:
        self._calls = calls
        self._team = team
        self._members: _Kept[_Member] = _Kept()
        self._channels: _Kept[_Channel] = _Kept()
        self._groups: _Kept[tuple[tuple[str, str], ...]] = _Kept()

    async def named(self, person: Person) -> Person:
        """The person under the name they show in Slack; as they came if it cannot be found out."""
        return _named(person, await self._member(person))

    async def standing(self, person: Person, channel: str) -> Standing:
        """How somebody, and we, stand in a channel."""
        member, held = await asyncio.gather(self._member(person), self._channel(channel))
        runs = (member is not None and member.admin) or (held is not None and held.creator == person.id)
        return Standing(_named(person, member), runs, held is not None and not held.joined)

    async def groups(self) -> tuple[tuple[str, str], ...]:
        """User groups as ids and names; none where there are none, or where we may not see them."""
        known = self._groups.get("")
        if known is not None:
            return known
        answer = await looked_up(self._calls, "usergroups.list", limits.LOOK_UP_WITHIN_S)
        if answer is None:
            return ()
        found = [each for each in answer.get("usergroups") or () if isinstance(each, dict)]
        rows = [(str(each.get("id") or ""), str(each.get("name") or each.get("handle") or "")) for each in found]
        groups = tuple(sorted(((id_, name) for id_, name in rows if id_ and name), key=lambda row: row[1].casefold()))
        self._groups.put("", groups)
        return groups

    async def _member(self, person: Person) -> _Member | None:
        known = self._members.get(person.id)
        if known is not None:
            return known
        answer = await looked_up(self._calls, "users.info", limits.LOOK_UP_WITHIN_S, user=person.id)
        user = answer.get("user") if answer is not None else None
        if not isinstance(user, dict):
            return None
        profile = user.get("profile")
        shown: Mapping[str, Any] = profile if isinstance(profile, dict) else {}
        names = (shown.get("display_name"), shown.get("real_name"), user.get("real_name"), user.get("name"))
        name = next((each for each in names if isinstance(each, str) and each.strip()), "")
        admin = any(user.get(sign) is True for sign in ("is_admin", "is_owner", "is_primary_owner"))
        member = _Member(text.inert(name), admin and self._ours(user))
        self._members.put(person.id, member)
        return member

    def _ours(self, user: Mapping[str, Any]) -> bool:
        """Whether somebody belongs here: whoever comes in by a shared channel runs nothing in this workspace."""
        wider = user.get("enterprise_user")
        teams = wider.get("teams") if isinstance(wider, dict) else None
        return user.get("team_id") == self._team or (isinstance(teams, list) and self._team in teams)

    async def _channel(self, channel: str) -> _Channel | None:
        known = self._channels.get(channel)
        if known is not None:
            return known
        answer = await looked_up(self._calls, "conversations.info", limits.LOOK_UP_WITHIN_S, channel=channel)
        found = answer.get("channel") if answer is not None else None
        if not isinstance(found, dict):
            return None
        held = _Channel(str(found.get("creator") or ""), found.get("is_member") is not False)
        if held.joined:  # who has just been told to invite us does so, and tries again
            self._channels.put(channel, held)
        return held


def _named(person: Person, member: _Member | None) -> Person:
    return replace(person, name=member.name) if member is not None and member.name else person
