"""Tau: a personal AI that remembers you, meets you on every device, and belongs to you."""

__version__ = "0.1.0"
