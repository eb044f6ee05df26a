"""Progress of a measurement, as sentences."""

from collections.abc import Callable

Progress = Callable[[str], None]
"""Receives a sentence whenever a step begins."""
