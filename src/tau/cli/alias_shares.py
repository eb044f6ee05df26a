"""Shares of an alias as they're typed: `A=10 B`."""

from collections.abc import Sequence

from tau.errors import BadInput


def parse_shares(given: Sequence[str]) -> tuple[list[str], dict[str, int]]:
    """Return names and shares of words such as `A=10`. Raises `BadInput`."""
    names, shares = [], {}
    for each in given:
        name, separator, share = each.partition("=")
        names.append(name)
        if separator:
            if not share.isascii() or not share.isdecimal():
                raise BadInput(f"{each!r}: a share is a whole percentage, such as {name}=10.")
            shares[name] = int(share)
    return names, shares
