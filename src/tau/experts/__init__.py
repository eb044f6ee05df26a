"""Specialists that share one memory: writing, sketches and reflective support."""
