"""Renders a prompt template strictly."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2


@cache
def _environment() -> jinja2.Environment:
    folder = Path(__file__).resolve().parents[3] / "prompts"
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        keep_trailing_newline=False,
    )


def render(name: str, **values: object) -> str:
    """The words of a template."""
    return _environment().get_template(f"{name}.md.j2").render(**values).strip()
