"""Asking the person for what Tau can't know by itself: a yes, a password.

Questions are asked in the main thread: a thread that waits for the keyboard can't be interrupted.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tau.errors import NotSignedIn


def ask_password(prompt: str = "Password") -> str:
    """Return a password typed without an echo. Raises `NotSignedIn` where nobody can type."""
    if not sys.stdin.isatty():
        raise NotSignedIn(
            "Tau can't open this account by itself and needs the password; "
            "run this command in a terminal."
        )
    with interruptible():
        typed: str = click.prompt(prompt, hide_input=True, err=True)
    return typed


def ask_new_password() -> str:
    """Return a new password, typed twice; from a pipe, its first line."""
    with interruptible():
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\n")
        typed: str = click.prompt(
            "New password", hide_input=True, confirmation_prompt=True, err=True
        )
    return typed


def ask_confirmation(question: str) -> bool:
    """Return whether the person says yes; where nobody can answer, it is a no."""
    with interruptible():
        return sys.stdin.isatty() and click.confirm(question, default=False, err=True)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end what blocks the event loop here, such as reading from the keyboard.

    Elsewhere asyncio turns Ctrl-C into a cancellation, which a blocked loop never sees.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
