"""Exports: examples, tests and models in the formats of other programs. Nothing is read back."""
