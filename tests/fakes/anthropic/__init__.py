"""A Messages server that runs on this machine: real wire, real rules, no model.

`Fake` answers `POST /v1/messages` (streamed or not), `/v1/messages/count_tokens` and `/v1/models` as the real API does as far
as Hotseat relies on it: what it accepts and rejects, its cache and its usage, and its ways to fail. What it says comes from a
`Brain`, by default one that leads and judges interviews sensibly. `python -m tests.fakes.anthropic` runs it as a program.
"""

from tests.fakes.anthropic.faults import Fault, Faulty
from tests.fakes.anthropic.server import Fake, Seen

__all__ = ["Fake", "Fault", "Faulty", "Seen"]
