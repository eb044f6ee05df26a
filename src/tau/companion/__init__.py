"""One turn of conversation: context, model, reply, remembered."""

from tau.companion.changes import Change
from tau.companion.companion import Companion
from tau.companion.life import Life
from tau.companion.turn import Turn

__all__ = ["Change", "Companion", "Life", "Turn"]
