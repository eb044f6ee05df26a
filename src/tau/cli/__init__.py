"""The `tau` command and the terminal chat: a door like any other, which knows no secrets.

Nothing heavy is imported here: `tau --help` must not wait for a web framework. Each command lives
in a module of its own, loaded when it is called (see `tau.cli.group`).
"""

from tau.cli.group import main

__all__ = ["main"]
