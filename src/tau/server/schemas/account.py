"""The signed-in person's own account: credentials, devices and API keys."""

from dataclasses import dataclass

from tau.server.schemas.people import PersonOut


@dataclass(frozen=True, slots=True)
class MeOut(PersonOut):
    """The signed-in person, and which other credentials open their data.

    `learns_while_away`: the server has a key slot of its own, to work while the person is away.
    """

    has_password: bool
    has_recovery_code: bool
    learns_while_away: bool


@dataclass(frozen=True, slots=True)
class RecoveryCodeOut:
    """A recovery code, shown only once; it replaces the one before."""

    code: str


@dataclass(frozen=True, slots=True)
class NewDataKeyOut:
    """A changed data key; `recovery_code` replaces the one before, and is shown only once."""

    recovery_code: str | None


@dataclass(frozen=True, slots=True)
class LinkOut:
    """A one-time link, shown only once."""

    url: str
    key: str
    expires_in_seconds: int


@dataclass(frozen=True, slots=True)
class SlotOut:
    """A device that is signed in."""

    id: str
    label: str
    created_at: float
    expires_at: float | None
    used_at: float | None
    current: bool
    """Whether this request used it."""


@dataclass(frozen=True, slots=True)
class SlotList:
    """Devices."""

    items: list[SlotOut]


@dataclass(frozen=True, slots=True)
class KeyLimitsOut:
    """Limits of an API key; none is no limit."""

    requests_per_minute: int | None
    tokens_per_minute: int | None
    tokens_per_month: int | None
    cost_per_month: float | None
    models: list[str] | None


@dataclass(frozen=True, slots=True)
class KeyOut(SlotOut):
    """An API key, its limits, and what it used of them; only keys with limits are counted here."""

    limits: KeyLimitsOut
    tokens_this_month: int
    cost_this_month: float


@dataclass(frozen=True, slots=True)
class KeyList:
    """API keys."""

    items: list[KeyOut]


@dataclass(frozen=True, slots=True)
class NewKeyOut:
    """A new API key; `key` is shown only once."""

    key: str
    item: KeyOut
