"""How interactions are answered: once, within three seconds, and for fifteen minutes after."""

from __future__ import annotations

from typing import Any

from tests.fakes.discord import checks
from tests.fakes.discord.world import Interaction, Payload, Refused, World

FIRST_MS, LAST_MS, FOLLOW_UPS = 3_000, 15 * 60_000, 5
MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, FORM = 4, 5, 6, 7, 8, 9


class Replies:
    """Routes below `/interactions` and `/webhooks`."""

    def __init__(self, world: World) -> None:
        self._world = world

    def callback(self, body: Payload, id_: str, token: str) -> Payload | None:
        """The first response."""
        held = self._world.interactions.get(token)
        if held is None or self._world.clock() - held.made_ms > FIRST_MS:
            raise Refused(404, 10062, "Unknown interaction")
        if held.response is not None:
            raise Refused(400, 40060, "Interaction has already been acknowledged.")
        kind, data = body["type"], body.get("data") or {}
        was = held.payload["type"]
        allowed = {2: {MESSAGE, DEFERRED, FORM}, 3: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, FORM}, 4: {CHOICES}}
        on_message = {DEFERRED_UPDATE, UPDATE} if "message" in held.payload else set()
        if kind not in allowed.get(was, {MESSAGE, DEFERRED} | on_message):
            raise Refused(400, 50035, "type")
        if kind == MESSAGE:
            checks.message(data, len(body["files"]))
        elif kind == FORM:
            checks.modal(data)
        elif kind == CHOICES and (
            len(data["choices"]) > 25 or any(not 1 <= len(one["name"]) <= 100 for one in data["choices"])
        ):
            raise Refused(400, 50035, "choices")
        held.response, held.response_ms = {"type": kind, "data": data}, self._world.clock()
        if kind == MESSAGE:
            held.original = self._message(held, data, body["files"])
        elif kind == DEFERRED:
            flags = int(data.get("flags") or 0) | (1 << 7)
            held.original = self._message(held, {"flags": flags, "content": ""}, {})
        told: Payload = {"interaction": {"id": id_, "type": was}, "resource": {"type": kind}}
        if held.original is not None and kind in {MESSAGE, DEFERRED}:
            told["interaction"]["response_message_id"] = held.original["id"]
            told["resource"]["message"] = held.original
        return told if body["?"].get("with_response") else None

    def _message(self, held: Interaction, data: Payload, files: dict[str, bytes]) -> Payload:
        made = self._world.made(data, files)
        message: Payload = {
            "id": str(self._world.number()),
            "channel_id": held.payload["channel_id"],
            "author": self._world.me,
            "timestamp": self._world.moment(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "embeds": [],
            "pinned": False,
            "type": 20,
            "webhook_id": str(self._world.app),
            "application_id": str(self._world.app),
            **made,
        }
        if not int(data.get("flags") or 0) & checks.EPHEMERAL:
            channel = self._world.channels[int(held.payload["channel_id"])]
            channel.messages[int(message["id"])] = message
        return message

    def _open(self, token: str) -> Interaction:
        held = self._world.interactions.get(token)
        if held is None or self._world.clock() - held.made_ms > LAST_MS:
            raise Refused(401, 50027, "Invalid Webhook Token")
        if held.response is None:
            raise Refused(404, 10015, "Unknown Webhook")
        return held

    def edit_original(self, body: Payload, app: str, token: str) -> Any:
        """Change the first response, or put it where the mark of thinking was."""
        held = self._open(token)
        if held.original is None:
            raise Refused(404, 10008, "Unknown Message")
        flags = held.original["flags"] & checks.EPHEMERAL | int(body.get("flags") or 0)
        checks.message({**body, "flags": flags}, len(body["files"]), edit=True)
        held.original.update(self._world.made({**body, "flags": flags}, body["files"]))
        return held.original

    def delete_original(self, body: Payload, app: str, token: str) -> None:
        """Take the first response away."""
        self._open(token).original = None

    def follow_up(self, body: Payload, app: str, token: str) -> Any:
        """One more message; a guest has five."""
        held = self._open(token)
        checks.message(body, len(body["files"]))
        if held.guest and len(held.followups) >= FOLLOW_UPS:
            raise Refused(400, 40094, "Maximum number of follow-up messages reached")
        message = self._message(held, body, body["files"])
        held.followups.append(message)
        return message
