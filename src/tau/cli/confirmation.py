"""Asking the person for what Tau may not know by itself: a yes, a password."""

import sys

import click

from tau.errors import NotSignedIn


def ask_password(prompt: str = "Password") -> str:
    """Return a password typed without an echo. Raises `NotSignedIn` where nobody can type."""
    if not sys.stdin.isatty():
        raise NotSignedIn(
            "Tau may not open this journal by itself and needs the password; "
            "start this command in a terminal."
        )
    typed: str = click.prompt(prompt, hide_input=True, err=True)
    return typed


def ask_new_password() -> str:
    """Return a new password, typed twice; from a pipe, its first line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    typed: str = click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def ask_confirmation(question: str) -> bool:
    """Return whether the person says yes; where nobody can answer, it is a no."""
    return sys.stdin.isatty() and click.confirm(question, default=False, err=True)
