"""One turn of conversation: context, model, reply, remembered."""

from tau.companion.companion import Companion
from tau.companion.turn import Turn
from tau.life.changes import ChangeEvent
from tau.life.life import Life

__all__ = ["ChangeEvent", "Companion", "Life", "Turn"]
