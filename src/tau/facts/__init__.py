"""What is held to be true: claims folded into facts, and the portrait made of them."""

from tau.facts.facts import Fact, Facts

__all__ = ["Fact", "Facts"]
