"""Time expressions in what people write: "last Tuesday", "in May", "three weeks ago", 上周, 6月3日.

    spans("what did we do last Tuesday?", now)

Rules, no model: a text without dates costs microseconds. What is vague has vague bounds ("a few
weeks ago" is two to five of them, with half a week to either side). Each span says which words it
was read from. This package knows nothing of messages and indexes.
"""

from tau.text.dates.parsing import LONGEST_TEXT, Span, asks_when, mentions, spans

__all__ = ["LONGEST_TEXT", "Span", "asks_when", "mentions", "spans"]
