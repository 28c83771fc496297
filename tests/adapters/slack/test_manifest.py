"""The manifest asks for what the code uses and nothing else, and the guide explains each line."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.adapters.slack import asked, check, connect, receive

ROOT = Path(__file__).resolve().parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "slack-manifest.yaml").read_text())
GUIDE = (ROOT / "docs" / "slack.md").read_text()

NEEDS = {
    "chat.postMessage": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.update": "chat:write",
    "chat.delete": "chat:write",
    "chat.startStream": "chat:write",
    "chat.appendStream": "chat:write",
    "chat.stopStream": "chat:write",
    "conversations.open": "im:write",
    "conversations.history": "im:history",
    "conversations.replies": "channels:history",
    "conversations.info": "channels:read groups:read",
    "users.info": "users:read",
    "usergroups.list": "usergroups:read",
    "assistant.threads.setStatus": "assistant:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "views.open": "",
    "views.publish": "",
    "views.update": "",
}
EVENTS = {"message.im": "im:history", "message.channels": "channels:history", "message.groups": "groups:history"}


def called() -> set[str]:
    """Every Web API method that the adapter names."""
    texts = [
        node.value
        for path in (ROOT / "bot" / "adapters" / "slack").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    families: tuple[str, ...] = ("chat.", "conversations.", "views.", "assistant.", "users.", "usergroups.")
    families += ("auth.", "files.", "reactions.", "apps.")
    return {text for text in texts if text.startswith(families) and " " not in text and len(text) < 50}


def test_every_scope_is_used_and_none_is_missing() -> None:
    assert called() == set(NEEDS)
    events = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    needed = (
        {scope for method in called() for scope in NEEDS[method].split()}
        | {EVENTS.get(event, "") for event in events}
        | {"commands"}
    )
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed - {""} == set(check.SCOPES)


@pytest.mark.parametrize("event", MANIFEST["settings"]["event_subscriptions"]["bot_events"])
def test_every_event_is_handled(event: str) -> None:
    source = Path(receive.__file__).read_text()
    assert f'"{event.partition(".")[0]}"' in source


def test_commands_prompts_and_ways_in() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["command"] == "/hotseat"
    for word in ("practice", "setup", "history", "daily", "help", "forget me"):
        assert word in command["usage_hint"]
        assert word == "help" or word in asked.HELP
    prompts = MANIFEST["features"]["agent_view"]["suggested_prompts"]
    assert tuple((each["title"], each["message"]) for each in prompts) == receive.PROMPTS
    assert MANIFEST["settings"]["socket_mode_enabled"]
    assert MANIFEST["features"]["app_home"]["home_tab_enabled"]
    assert not MANIFEST["features"]["app_home"]["messages_tab_read_only_enabled"]
    assert GUIDE.count(connect.PATH) >= 3


def test_the_guide_explains_every_scope_event_and_setting() -> None:
    from bot.settings import Settings

    wanted = [*MANIFEST["oauth_config"]["scopes"]["bot"], *MANIFEST["settings"]["event_subscriptions"]["bot_events"]]
    wanted += [f"HOTSEAT_{name.upper()}" for name in Settings.model_fields if name.startswith("slack_")]
    assert [word for word in wanted if word not in GUIDE] == []


def test_limits_of_the_manifest() -> None:
    shown = MANIFEST["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    for shortcut in MANIFEST["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150
