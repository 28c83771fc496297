"""Prompt templates: every word a model is sent, as files in `prompts/`.

A template is `prompts/<name>.md.j2` and opens with a comment that says what it is for and what it must never contain. A name
without a value is an error. What people write is only ever a value: it is put in as it is and never read as a template.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError

from bot.library import problems
from bot.library.load import shipped
from bot.library.problems import Problem

SUFFIX: Final = ".md.j2"
_HEADER = re.compile(r"\{#-?\s*(.*?)\s*-?#\}", re.DOTALL)


class UnknownPrompt(LookupError):
    """There is no template of this name."""


class Prompts:
    """The templates of one folder, the shipped one by default. Compiled once, then kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or shipped("prompts")
        self._environment = Environment(
            loader=FileSystemLoader(self.folder, encoding="utf-8"),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701  a prompt is no HTML; a model must read what was written, letter for letter
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all templates, sorted."""
        return tuple(sorted(path.name.removesuffix(SUFFIX) for path in self.folder.glob(f"*{SUFFIX}")))

    def render(self, name: str, **values: object) -> str:
        """The prompt `name` with its values, without white space around it.

        `UnknownPrompt` if there is none, `jinja2.UndefinedError` if a value is missing.
        """
        try:
            template = self._environment.get_template(name + SUFFIX)
        except TemplateNotFound as error:
            raise UnknownPrompt(f"there is no prompt template {error.name}") from None
        return template.render(**values).strip()

    def header(self, name: str) -> str:
        """What the comment at the top of a template says; empty when it has none."""
        found = _HEADER.match((self.folder / (name + SUFFIX)).read_text(encoding="utf-8"))
        return " ".join(found[1].split()) if found else ""

    def lint(self) -> tuple[Problem, ...]:
        """What is wrong with the templates: no header, none of its two halves, or not a template at all."""
        found: list[Problem] = []
        for name in self.names:
            path = problems.shown(self.folder / (name + SUFFIX))
            header = self.header(name)
            if not header:
                found.append(Problem(path, 1, "", "must open with a comment `{# … #}` that says what it is for"))
            elif "never" not in header.lower():
                found.append(Problem(path, 1, "", "its header must also say what the template never contains"))
            try:
                self._environment.get_template(name + SUFFIX)
            except TemplateSyntaxError as error:
                found.append(Problem(path, error.lineno, "", f"is not a template: {error.message}"))
        return tuple(found)


@lru_cache(maxsize=1)
def _shipped() -> Prompts:
    return Prompts()


def render(name: str, **values: object) -> str:
    """A shipped prompt with its values; see `Prompts.render`."""
    return _shipped().render(name, **values)
