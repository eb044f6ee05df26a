"""Shares of an alias: which of its models answers a caller first. Pure.

`A=10 B` means that A leads for 10 % of the callers, and B for the others. A caller keeps the model
from one request to the next, and a share that grows only wins callers. If the model that leads
fails, the others answer as always; those with a share come last, as they're on trial.
"""

import hashlib
from collections.abc import Mapping, Sequence

from tau.errors import BadInput
from tau.models.caller import Caller

WHOLE = 100
"""A share is a percentage."""


def order_for(
    alias: str, names: Sequence[str], shares: Mapping[str, int], caller: Caller
) -> list[str]:
    """Return the models of an alias in the order in which they're asked for a caller.

    Work that no request began is never a trial.
    """
    trials = [name for name in names if name in shares]
    rest = [name for name in names if name not in shares]
    if caller != Caller():
        place, end = caller_place(alias, caller), 0
        for name in trials:
            end += shares[name]
            if place < end:
                return [name, *rest, *(each for each in trials if each != name)]
    return [*rest, *trials]


def caller_place(alias: str, caller: Caller) -> int:
    """Return where a caller stands among all of an alias, from 0 to 99."""
    named = "|".join((alias, caller.credential or caller.person)).encode()
    return int.from_bytes(hashlib.sha256(named).digest()[:8], "big") % WHOLE


def check_shares(names: Sequence[str], shares: Mapping[str, int]) -> None:
    """Raise `BadInput` unless the shares can be of these models."""
    if not shares.keys() <= set(names):
        raise BadInput("A share must be of one of the alias's models.")
    if any(not 1 <= share < WHOLE for share in shares.values()) or sum(shares.values()) >= WHOLE:
        raise BadInput("A share is from 1 to 99 %, and all shares together are below 100 %.")
    if shares and len(shares) == len(set(names)):
        raise BadInput("One of the models must have no share: it answers everybody else.")
