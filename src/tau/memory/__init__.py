"""Memory of one person: the in-memory projection of a journal, and its retrieval.

from tau.memory import Memory

memory = Memory()
memory.remember("My sister lives in Porto.")
memory.search("Where does my sister live?")
"""

from tau.facts import Fact, Facts
from tau.memory.conversations import Conversation
from tau.memory.dense import Vectors
from tau.memory.memory import Memory
from tau.memory.messages import Message
from tau.memory.search import Passage

__all__ = ["Conversation", "Fact", "Facts", "Memory", "Message", "Passage", "Vectors"]
