"""Benchmarks: each prints a table, and with `--json` one JSON object as its last line. Figures are ratios to a baseline in the
same run; they are not tests and assert nothing."""
