"""The `tau` command and the terminal chat.

Each command is in its own module, imported when it is called (see `tau.cli.group`), so that
`tau --help` imports nothing heavy.
"""

from tau.cli.group import main

__all__ = ["main"]
