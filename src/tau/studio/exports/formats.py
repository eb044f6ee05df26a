"""Formats of exports by their names."""

from typing import Literal

DataFormat = Literal["openai", "promptfoo", "inspect", "axolotl", "llama-factory"]
"""Formats of examples and tests."""
ModelFormat = Literal["peft", "gguf", "merged"]
"""Formats of tuned models."""
ExportFormat = DataFormat | ModelFormat
NOTES = "NOTES.txt"
"""The file of an export that says what the other program can't take over."""
