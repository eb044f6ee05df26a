"""Announcements: messages that end by saying that somebody else's words come next.

"Bob's answer follows in my next message." What is said then isn't the person's own, though nothing
in it shows that. Pure; it looks at the end of a message only.
"""

import re

_ANNOUNCEMENT = re.compile(
    r"(?:\b(?:next|following) (?:message|text|post|mail|e-?mail|part|lines?)\b"
    r"|\b(?:follows?|comes? next|coming up|in a (?:second|moment|sec))\b"
    r"|\bi(?:'ll|'m going to| will| am going to|'m about to)? (?:now |just )?"
    r"(?:paste|copy|forward|quote|type out|send you)\b"
    r"|\b(?:here(?:'s| is| are| comes?)|this is) (?:what|the|his|her|their|an?|some)\b"
    r"|\b(?:translate|summari[sz]e|proofread|correct|rewrite|answer|check|read)\b"
    r"[^.!?\n]{0,30}\b(?:this|these|the following|it)\b"
    r"|\b(?:said|says|wrote|writes|texted|replied|answered)\b"
    r"|下一?条|接下来|下面|以下|我(?:现在|马上|这就)?(?:贴|发|转发?|抄|复制)(?:给你|过来|一[段下]|了)"
    r"|(?:说|写道?|回复|回答|发来)(?:的是|了)?)"
    r"[^.!?。！？\n]{0,60}[.:：。!！…]*\s*\Z"
    r"|[:：]\s*\Z",
    re.IGNORECASE,
)
_TAIL_CHARACTERS = 200


def announces_other_words(text: str) -> bool:
    """Return whether a message ends by announcing words that aren't the person's."""
    tail = text.replace("’", "'")[-_TAIL_CHARACTERS:]
    return _ANNOUNCEMENT.search(tail) is not None
