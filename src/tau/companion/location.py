"""Country of a person, for the help and the notices that Tau names.

The request says it, or the setting `country`, or else the time zone of the person's device, and
last that of this machine. What a request says holds for that request alone: programs may ask for
several people with one key.
"""

from contextvars import ContextVar
from typing import NamedTuple

from tau.care.helplines import country_of_time_zone
from tau.clock import local_zone_name


class ClientLocation(NamedTuple):
    """Where the sender of a request is, as far as they say."""

    country: str | None = None
    """An ISO 3166-1 code."""
    time_zone: str | None = None
    """An IANA name."""


_NOWHERE = ClientLocation()
client_location: ContextVar[ClientLocation] = ContextVar("client_location", default=_NOWHERE)
"""Of the request that is being answered, and of the turn that it begins."""


def current_country(configured: str) -> str | None:
    """Return the code of the person's country, or `None`. `configured` is the setting."""
    client = client_location.get()
    said = _code(client.country) or _code(configured)
    return said or country_of_time_zone(client.time_zone or local_zone_name())


def _code(text: str | None) -> str | None:
    code = (text or "").strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None
