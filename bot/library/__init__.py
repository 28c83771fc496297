"""Content as data: questions, rubrics, personas and prompt templates; loading, checking and choosing them."""
