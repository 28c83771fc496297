"""The subcommands of `hotseat`, one module each: `register` adds its arguments, its handler returns an exit code.

Modules here import only the standard library at the top, so that `--help` is instant.
"""


class CannotRun(Exception):
    """A command cannot do what was asked; the text is for whoever ran it."""
