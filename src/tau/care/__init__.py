"""Signals of danger in what a person writes, and the help that is named."""
