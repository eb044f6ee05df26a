"""Factory of new key slots: sessions, tokens, and the slot that the server opens."""

from collections.abc import Callable

from tau.errors import SettingsError
from tau.people import slots, tokens
from tau.people.names import clean_label
from tau.people.slots import SealedSlot, new_slot
from tau.people.tokens import RoutingTags, Token, format_token
from tau.people.types import Slot, SlotKind, Unlocked
from tau.settings import Settings

_DAY_SECONDS = 24 * 60 * 60


class SlotFactory:
    """Creates sealed slots as the settings ask; stores nothing."""

    def __init__(
        self, settings: Settings, server_key: bytes | None, now: Callable[[], float]
    ) -> None:
        self.now = now
        self.server_key = server_key
        self.wants_server_slot = settings.server_slot
        """Whether new people get a slot for the server, by the settings."""
        self.session_seconds = float(settings.session_days * _DAY_SECONDS)
        self._tags = None if server_key is None else RoutingTags(server_key)

    def session(self, person_id: str, data_key: bytes, label: str) -> tuple[str, SealedSlot]:
        """Return a session's token and its slot."""
        slot = self.slot_with_token(
            "session", person_id, label, lifetime_seconds=self.session_seconds
        )
        token = Token(slot.id, tokens.new_secret())
        return format_token(token), slots.seal_with_secret(slot, person_id, data_key, token.secret)

    def server(self, person_id: str, data_key: bytes) -> SealedSlot:
        """Return a slot that the server's key opens. Raises `SettingsError` if there is no key."""
        if self.server_key is None:
            raise SettingsError("There is no server key.")
        slot = new_slot("server", "", self.now())
        return slots.seal_with_secret(slot, person_id, data_key, self.server_key)

    def slot_with_token(
        self,
        kind: SlotKind,
        person_id: str,
        label: str = "",
        *,
        lifetime_seconds: float | None = None,
    ) -> Slot:
        """Return a new slot that a token will open; its id begins with the person's routing tag."""
        return new_slot(
            kind,
            clean_label(label),
            self.now(),
            lifetime_seconds=lifetime_seconds,
            slot_id=self._tags.new_id(person_id) if self._tags else None,
        )

    def with_token(self, slot: Slot, unlocked: Unlocked) -> tuple[str, SealedSlot]:
        """Return a new token and `slot` sealed with it."""
        token = Token(slot.id, tokens.new_secret(), api_key=slot.kind == "api_key")
        sealed = slots.seal_with_secret(slot, unlocked.person.id, unlocked.data_key, token.secret)
        return format_token(token), sealed
