"""The keyboard during a reply: what is typed ahead is kept for the prompt and not echoed."""

import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

_LOCAL_MODES = 3  # their place in what termios returns


@contextmanager
def echo_disabled() -> Iterator[None]:
    """Switch the terminal's echo off while the context lasts; Ctrl-C still works."""
    if not sys.stdin.isatty():
        yield
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    silent = [*before]
    silent[_LOCAL_MODES] &= ~(termios.ECHO | termios.ICANON)
    silent[_LOCAL_MODES] |= termios.NOFLSH  # Ctrl-C must not throw away what was typed ahead
    termios.tcsetattr(number, termios.TCSANOW, silent)
    try:
        yield
    finally:
        termios.tcsetattr(number, termios.TCSANOW, before)
