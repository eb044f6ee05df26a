"""How a message speaks, told from its text alone: of oneself, of a time, asking, liking.

A few bits per message, taken down once when it is written. They say nothing about what a message
is about; they tell what is likely to hold an answer from what only looks like it. Patterns are for
English and Chinese, "I" for more languages; where they know nothing, all messages are alike. This
module knows nothing of questions and of indexes.
"""

import re

import numpy as np
import numpy.typing as npt

LONGEST_TEXT = 4_000
"""Characters of a message that are looked at."""
MOST_SELF = 3
"""Words of oneself that count."""
MOST_TIMES = 2
"""Words of time that count."""

_SELF = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|my|me|mine|myself|we|our"  # English
    r"|ich|mein\w*|mir|mich|wir|unser\w*"  # German
    r"|je|j|mon|ma|mes|moi|nous|notre"  # French
    r"|yo|mi|mis|nosotros|eu|meu|minha|io|mio|mia"  # Spanish, Portuguese, Italian
    r"|я|мой|моя|мо[её]|мои|мне|меня|мы|наш\w*)\b"  # Russian
    r"|我|咱|私|僕|俺|저는|제가|나는|내가|우리",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?:today|tonight|yesterday|tomorrow|last|next|ago|since|recently|just|morning|evening"
    r"|week(?:end)?s?|months?|years?|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|january|february|march|april|june|july|august|september|october|november|december"
    r"|mon|tue|wed|thu|fri|sat|sun|(?:19|20)\d\d|\d{1,2}/\d{1,2}|\d{1,2}(?:st|nd|rd|th))\b"
    r"|[今昨明前后後去]天|[今明去前]年|上周|上週|下周|下週|上个月|上個月|下个月|下個月|周末|週末"
    r"|星期|礼拜|禮拜|\d{1,2}[月日号號]|[一二三四五六七八九十]月|刚刚|剛剛|最近",
    re.IGNORECASE,
)
_LIKING = re.compile(
    r"\bi(?:'m| am|'ve been)? (?:(?:really|also|just|always|mostly|absolutely|still) )*"
    r"(?:love|like|enjoy|prefer|hate|dislike|adore|want|need|usually|tend to|can't stand|allergic"
    r"|into|interested in|obsessed|looking for|thinking of|trying to|a (?:big |huge )?fan)\b"
    r"|\bmy favou?rite|喜欢|喜歡|最爱|最愛|讨厌|討厭|爱吃|愛吃|偏好|受不了|过敏|過敏",
    re.IGNORECASE,
)
_ASKING = ("?", "？", "؟", "吗", "嗎", "呢")

_SELF_BITS, _TIME_SHIFT, _TIME_BITS, _ASKING_BIT, _LIKING_BIT = 3, 2, 3, 16, 32


def traits(text: str, *, own: bool) -> int:
    """Return the bits of a message; for Tau's own words only whether they end as a question."""
    asking = _ASKING_BIT if text.rstrip().endswith(_ASKING) else 0
    if not own:
        return asking
    text = text[:LONGEST_TEXT].replace("’", "'")
    of_self = min(len(_SELF.findall(text)), MOST_SELF)
    times = min(len(_TIME.findall(text)), MOST_TIMES)
    liking = _LIKING_BIT if _LIKING.search(text) else 0
    return of_self | times << _TIME_SHIFT | asking | liking


class Traits:
    """The traits of every row as numbers from 0 to 1."""

    def __init__(self, bits: npt.NDArray[np.uint8]) -> None:
        self.of_self = _share(bits & _SELF_BITS, MOST_SELF)
        self.of_times = _share((bits >> _TIME_SHIFT) & _TIME_BITS, MOST_TIMES)
        self.asking = _share(bits & _ASKING_BIT, _ASKING_BIT)
        self.liking = _share(bits & _LIKING_BIT, _LIKING_BIT)


def _share(bits: npt.NDArray[np.integer], most: int) -> npt.NDArray[np.float32]:
    share: npt.NDArray[np.float32] = bits.astype(np.float32) / np.float32(most)
    return share
