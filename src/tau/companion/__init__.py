"""Turns of conversation: recall, prompt, reply and events."""
