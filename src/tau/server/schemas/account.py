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
    """A device that is signed in, or an API key."""

    id: str
    label: str
    created_at: float
    expires_at: float | None
    used_at: float | None
    current: bool
    """Whether this request used it."""


@dataclass(frozen=True, slots=True)
class SlotList:
    """Devices, or API keys."""

    items: list[SlotOut]


@dataclass(frozen=True, slots=True)
class NewKeyOut:
    """A new API key; `key` is shown only once."""

    key: str
    item: SlotOut
