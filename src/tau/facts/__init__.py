"""Facts: claims about a person folded into what is true now, and the profile made of them."""

from tau.facts.facts import Fact, Facts

__all__ = ["Fact", "Facts"]
