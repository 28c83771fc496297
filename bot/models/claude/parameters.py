"""What each model accepts and costs, and the settings of the Claude mind: data only.

Reading the environment is `bot.settings`' work; turning this into a request is `call`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

PRICES_AS_OF = date(2026, 11, 20)
"""When the prices below were read from the provider's pages."""

READ_WEIGHT = 0.1
WRITE_WEIGHT: Mapping[str, float] = MappingProxyType({"5m": 1.25, "1h": 2.0})
"""What a cached token costs against a plain input token: read again, and written for a lifetime."""

UNKNOWN_CACHE_MINIMUM = 1024


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, for prompts of up to `up_to` tokens (0: any length)."""

    input_usd: float
    output_usd: float
    up_to: int = 0


@dataclass(frozen=True, slots=True)
class Model:
    """One model: its price bands (none: not known), the shortest prefix it caches, and what may be asked of it.

    `thinking` is the type sent by default, empty when the field must be left out; `thinkings` are all types it accepts.
    """

    id: str
    prices: tuple[Price, ...] = ()
    cache_minimum: int = UNKNOWN_CACHE_MINIMUM
    thinking: str = ""
    thinkings: frozenset[str] = frozenset()
    efforts: tuple[str, ...] = ()

    def price(self, prompt_tokens: int) -> Price | None:
        """The price for a prompt of that length; None when it is not known."""
        for price in self.prices:
            if not price.up_to or prompt_tokens <= price.up_to:
                return price
        return None


_ALL_EFFORTS = ("low", "medium", "high", "xhigh", "max")

MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.id: model
        for model in (
            Model(
                "claude-haiku-5-5",
                (Price(0.10, 0.50, up_to=100_000), Price(0.50, 2.50)),
                cache_minimum=512,
                thinking="disabled",
                thinkings=frozenset({"adaptive", "disabled"}),
                efforts=("low", "medium", "high"),
            ),
            # Thinking between tools only means none before the first word, which is what a conversation needs.
            Model(
                "claude-sonnet-5-5",
                (Price(2.0, 10.0),),
                cache_minimum=512,
                thinking="between_tools",
                thinkings=frozenset({"adaptive", "between_tools"}),
                efforts=("low", "medium", "high"),
            ),
            Model(
                "claude-opus-5-5",
                (Price(4.0, 20.0),),
                cache_minimum=512,
                thinkings=frozenset({"adaptive"}),
                efforts=_ALL_EFFORTS,
            ),
            Model("claude-opus-5", cache_minimum=512),
            Model("claude-fable-5", cache_minimum=512),
            Model("claude-sonnet-5", cache_minimum=1024),
            Model("claude-sonnet-4-6", cache_minimum=1024),
            Model("claude-haiku-4-5", cache_minimum=4096),
        )
    }
)


def model(name: str) -> Model:
    """What is known of a model, by its own name or a platform's (`eu.anthropic.claude-opus-5-5-v1:0`).

    A model nobody has described gets no thinking, no effort and no price.
    """
    known = [held for held in MODELS.values() if held.id in name]
    return max(known, key=lambda held: len(held.id)) if known else Model(name)


@dataclass(frozen=True, slots=True)
class Purpose:
    """How one kind of work is asked for.

    `whole_s` bounds everything, retries and second model included; `first_s` bounds one try of the first model;
    `silence_s` is how long a connection may stay without a byte. `retries` are further tries of the first model after a
    passing fault. `thinking` empty means: as the table of models says.
    """

    model: str
    fallback: str
    effort: str
    max_tokens: int
    whole_s: float
    first_s: float
    silence_s: float
    retries: int = 0
    thinking: str = ""


@dataclass(frozen=True, slots=True)
class ClaudeSettings:
    """Everything the Claude mind needs to know. The key is never part of a repr.

    After a fault a model is left alone for `outage_s`, doubling up to `longest_outage_s` while it lasts.
    """

    api_key: str = field(default="", repr=False)
    base_url: str = "https://api.anthropic.com"
    provider: Literal["anthropic", "bedrock", "vertex"] = "anthropic"
    region: str = ""
    project: str = ""
    turn: Purpose = Purpose(
        model="claude-sonnet-5-5",
        fallback="claude-haiku-5-5",
        effort="low",
        max_tokens=1_500,
        whole_s=20.0,
        first_s=11.0,
        silence_s=8.0,
    )
    grade: Purpose = Purpose(
        model="claude-opus-5-5",
        fallback="claude-sonnet-5-5",
        effort="medium",
        max_tokens=8_000,
        whole_s=120.0,
        first_s=75.0,
        silence_s=30.0,
        retries=1,
    )
    cache_ttl: Literal["5m", "1h"] = "5m"
    outage_s: float = 30.0
    longest_outage_s: float = 600.0
