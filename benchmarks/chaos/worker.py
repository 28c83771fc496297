"""One process under fire: `hotseat run` as it is, but for the minds. Its settings are those of the environment."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

from benchmarks.chaos.mind import Weather, minds
from bot import app
from bot.__main__ import main
from bot.interview.minds import Minds


def scripted(*_: Any, **__: Any) -> contextlib.AbstractAsyncContextManager[Minds]:
    """See `mind.minds`."""
    return minds(Weather(float(os.environ["CHAOS_SLOW_S"]), Path(os.environ["CHAOS_CALM"])))


if __name__ == "__main__":
    app.minds = scripted  # type: ignore[assignment]
    sys.exit(main(["run"]))
