"""People over time: what they practised and what came of it."""
