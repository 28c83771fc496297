"""Tests of the Claude mind against a Messages server on the wire."""
