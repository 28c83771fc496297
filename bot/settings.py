"""Settings, from the environment: the only module that reads it.

Every setting has a default that works on a laptop with nothing else installed. A value that cannot be right is refused
with its name and what it should be.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_REDIS_URL = r"(?:rediss?://(?:[^/@\s]*@)?[^/:@\s]+(?::\d{1,5})?(?:/\d{0,5})?(?:\?\S*)?|unix://\S+)"


class SettingsError(Exception):
    """A setting is wrong; the message names it."""


class Settings(BaseSettings):
    """What an operator may set, each as `HOTSEAT_<NAME>` unless noted."""

    model_config = SettingsConfigDict(
        env_prefix="HOTSEAT_", extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    redis_url: SecretStr | None = Field(default=None, description="a Valkey or Redis to use instead of the bundled one")
    namespace: str = Field(default="hotseat", pattern=r"^[a-z0-9-]{1,40}$", description="prefix of every key")
    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("hotseat", appauthor=False)),
        description="where the bundled server keeps its files",
    )
    questions: Annotated[tuple[Path, ...], NoDecode] = Field(
        default=(), description="a group's own folder of questions, added to the shipped ones; several like PATH"
    )
    quiet_ms: int = Field(
        default=700, ge=0, le=10_000, description="how long a message waits for the rest of the answer"
    )
    lease_ms: int = Field(
        default=15_000, ge=500, le=600_000, description="how long a worker owns a conversation unrenewed"
    )
    log_level: str = Field(default="warning", pattern=r"^(?i:debug|info|warning|error)$")

    discord_token: SecretStr | None = Field(default=None, description="the bot token: lets Hotseat speak on Discord")
    discord_message_content: bool = Field(
        default=False, description="the app has the Message Content Intent, so answers can be typed in threads"
    )
    discord_api_url: str = Field(
        default="", pattern=r"^(https?://.+)?$", description="another server that speaks Discord's REST API"
    )
    discord_gateway_url: str = Field(
        default="", pattern=r"^(wss?://.+)?$", description="its gateway, where it does not tell at /gateway"
    )

    slack_bot_token: SecretStr | None = Field(default=None, description="xoxb-…: lets Hotseat speak in Slack")
    slack_app_token: SecretStr | None = Field(default=None, description="xapp-…: Socket Mode, with no public address")
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="instead of the app token: Slack calls us over HTTP"
    )
    slack_host: str = Field(default="0.0.0.0", description="where HTTP from Slack is listened for")  # noqa: S104 - containers
    slack_port: int = Field(
        default=3000, ge=1, le=65535, description="the port for it; Slack calls /slack/events there"
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/", pattern=r"^https?://", description="the Web API's address"
    )

    anthropic_api_key: SecretStr | None = Field(
        default=None,
        validation_alias=AliasChoices("ANTHROPIC_API_KEY", "HOTSEAT_ANTHROPIC_API_KEY"),
        description="ANTHROPIC_API_KEY: lets Claude lead and grade",
    )
    anthropic_base_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("ANTHROPIC_BASE_URL", "HOTSEAT_ANTHROPIC_BASE_URL"),
        description="ANTHROPIC_BASE_URL: any server that speaks the Messages API",
    )
    claude_provider: Literal["anthropic", "bedrock", "vertex"] = Field(
        default="anthropic", description="where Claude is reached; bedrock and vertex need their extra installed"
    )
    claude_region: str = Field(default="", description="the region, for bedrock and vertex")
    claude_project: str = Field(default="", description="the project, for vertex")
    turn_model: str = Field(default="claude-sonnet-5-5", description="leads turns")
    turn_fallback_model: str = Field(default="claude-haiku-5-5", description="leads turns when the first cannot")
    turn_effort: Literal["low", "medium", "high"] = Field(default="low", description="how hard it thinks about a turn")
    turn_timeout_s: float = Field(default=18.0, gt=0, le=120, description="after this the offline mind takes the turn")
    grade_model: str = Field(default="claude-opus-5-5", description="grades")
    grade_fallback_model: str = Field(default="claude-sonnet-5-5", description="grades when the first cannot")
    grade_effort: Literal["low", "medium", "high"] = Field(
        default="medium", description="how hard it thinks about a grade"
    )
    grade_timeout_s: float = Field(default=120.0, gt=0, le=600, description="after this the offline coach judges")

    @field_validator("questions", mode="before")
    @classmethod
    def _are_folders(cls, value: object) -> object:
        return (
            tuple(Path(part).expanduser() for part in value.split(os.pathsep) if part)
            if isinstance(value, str)
            else value
        )

    @field_validator("redis_url")
    @classmethod
    def _is_a_url(cls, value: SecretStr | None) -> SecretStr | None:
        # The value may hold a password, so the message names what is expected and not what was found.
        if value is not None and not re.fullmatch(_REDIS_URL, value.get_secret_value()):
            raise ValueError("must be a URL such as redis://localhost:6379/0, rediss://… or unix:///path/to/socket")
        return value


def load() -> Settings:
    """The settings in force; `SettingsError` in plain words when one is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "; ".join(
            f"{_name(problem['loc'])}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_input=False)
        )
        raise SettingsError(f"These settings can't be used: {problems}.") from None


def _name(location: tuple[int | str, ...]) -> str:
    name = str(location[0]) if location else "?"
    return name if name.isupper() else f"HOTSEAT_{name.upper()}"
