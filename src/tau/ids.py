"""Names for things that have none of their own."""

import secrets


def new_id() -> str:
    """Return a random identifier of 16 URL-safe characters (96 bits).

    Order is told by the journal's sequence, so identifiers carry no time.
    """
    return secrets.token_urlsafe(12)
