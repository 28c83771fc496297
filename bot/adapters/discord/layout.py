"""Pages as discord.py's components, and the button that is understood after any restart and upgrade."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol, cast

import discord
from discord import ui

from bot.adapters.discord import limits
from bot.adapters.discord.inert import fit, within
from bot.adapters.discord.parse import CUSTOM_ID, Intended, custom_id, intended
from bot.adapters.discord.render import Block, Button, Notice, Page, Row, Rule, Shot, Text
from bot.chat.meanings import Field, Form

if TYPE_CHECKING:
    Interaction = discord.Interaction[discord.Client]

ACCENT = 0x0072B2
_STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}


class Pressing(Protocol):
    """Who takes what is pressed: the client."""

    async def pressed(self, interaction: Interaction, button: Intended) -> None:
        """A button of ours was pressed."""


class Pressable(ui.DynamicItem[ui.Button[Any]], template=CUSTOM_ID.pattern):
    """A button that carries all it means in its id, so that whoever receives the press can act on it."""

    @classmethod
    def of(cls, button: Button) -> Pressable:
        """A button to show."""
        style = _STYLES.get(button.style, discord.ButtonStyle.secondary)
        return cls(ui.Button(style=style, label=button.label, custom_id=button.id))

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Pressable:
        """The button that was pressed."""
        del interaction, match
        return cls(cast("ui.Button[Any]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press to the client."""
        button = intended(self.custom_id)
        assert button is not None
        await cast("Pressing", interaction.client).pressed(interaction, button)


def files(page: Page) -> list[discord.File]:
    """The pictures of a page, drawn now: tens of milliseconds each, so not on the event loop."""
    from bot.pictures import scorecard

    return [
        discord.File(io.BytesIO(scorecard.draw(shot.scorecard)), _name(number), description=shot.alt or None)
        for number, shot in enumerate(block for block in page if isinstance(block, Shot))
    ]


def _name(number: int) -> str:
    return f"scorecard-{number}.png" if number else "scorecard.png"


def layout(page: Page, mark: int = 0) -> ui.LayoutView:
    """A page as one message; boxed blocks that follow each other share a card. `mark` is kept by Discord as the id of its first
    part, for whoever looks for it."""
    view = ui.LayoutView(timeout=None)
    shots = iter(range(len(page)))
    for boxed, blocks in groupby(page, key=lambda block: block.boxed):
        items = [_item(block, shots) for block in blocks]
        for item in [ui.Container(*items, accent_colour=ACCENT)] if boxed else items:
            view.add_item(item)
    if mark and view.children:
        view.children[0].id = mark
    return view


def _item(block: Block, shots: Iterable[int]) -> ui.Item[Any]:
    match block:
        case Text() | Notice():
            return ui.TextDisplay(block.markup)
        case Rule():
            return ui.Separator()
        case Row():
            return ui.ActionRow(*(Pressable.of(button) for button in block.buttons))
        case Shot():
            name = _name(next(iter(shots)))
            return ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{name}", description=block.alt or None))


def parts(form: Form) -> list[tuple[Field, ...]]:
    """The fields of a form, as many together as a modal holds."""
    step = limits.MODAL_FIELDS
    return [form.fields[start : start + step] for start in range(0, len(form.fields), step)] or [()]


def modal(form: Form, at: int = 0, part: int = 0, mark: str = "") -> ui.Modal:
    """A form, or one part of it, as a modal; what is sent comes back under the form's id, with the channel of its conversation
    if it is not the one where it is opened, and `mark` where not all fields are shown. discord.py forgets it after a while; we
    never do. The form's text is shown where the fields leave room for it."""
    held = parts(form)
    made = ui.Modal(
        title=fit(form.title, limits.MODAL_TITLE),
        custom_id=custom_id("form", form.id, mark if len(held) > 1 else "", at),
        timeout=limits.TOKEN_MS / 1000,
    )
    fields = held[part]
    if form.text.strip() and len(fields) < limits.MODAL_FIELDS:
        made.add_item(ui.TextDisplay(within(form.text, limits.MODAL_TEXT)))
    for field in fields:
        label = fit(field.label, limits.FIELD_LABEL)
        whole = fit(field.label, limits.FIELD_HINT) if label != field.label else None
        made.add_item(ui.Label(text=label, description=whole, component=_entry(field)))
    return made


def _entry(field: Field) -> ui.Item[Any]:
    hint = fit(field.hint, limits.FIELD_HINT) or None
    rows: Sequence[tuple[str, str]] = field.choices
    if field.kind == "scale":
        rows = tuple((str(number), str(number)) for number in range(1, 6))
    if rows:
        return _select(field, rows[: limits.OPTIONS], hint)
    if field.kind in {"role", "channel"}:
        return _pick(field, hint)
    return ui.TextInput(
        custom_id=field.id,
        style=discord.TextStyle.paragraph if field.kind == "long" else discord.TextStyle.short,
        required=field.required,
        placeholder=hint,
        default=field.value[: limits.ANSWER] or None,
        max_length=limits.ANSWER,
    )


def _select(field: Field, rows: Sequence[tuple[str, str]], hint: str | None) -> ui.Item[Any]:
    several = field.kind == "choices"
    chosen = {value.strip() for value in field.value.split(",")} if several else {field.value}
    return ui.Select(
        custom_id=field.id,
        required=field.required,
        min_values=1 if field.required else 0,
        max_values=len(rows) if several else 1,
        placeholder=hint,
        options=[
            discord.SelectOption(
                label=fit(label, limits.OPTION_LABEL), value=value, default=bool(value) and value in chosen
            )
            for value, label in rows
        ],
    )


def _pick(field: Field, hint: str | None) -> ui.Item[Any]:
    """A role or a channel of the server, from Discord's own list."""
    least = 1 if field.required else 0
    if field.kind == "role":
        held = [discord.Object(int(field.value), type=discord.Role)] if field.value.isdecimal() else []
        return ui.RoleSelect(
            custom_id=field.id, required=field.required, min_values=least, default_values=held, placeholder=hint
        )
    there = [discord.Object(int(field.value), type=discord.abc.GuildChannel)] if field.value.isdecimal() else []
    return ui.ChannelSelect(
        custom_id=field.id,
        required=field.required,
        min_values=least,
        placeholder=hint,
        default_values=there,
        channel_types=[discord.ChannelType.text, discord.ChannelType.news],
    )


def answer_form() -> Form:
    """The form for an answer, where what is typed cannot be read."""
    return Form(
        "answer",
        "Your answer",
        "",
        (Field("answer", "In your own words", "long", required=True),),
    )
