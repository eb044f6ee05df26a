"""Features of a message, from its text alone: of oneself, of a time, asking, liking.

A few bits per message, computed once when it is written. They say nothing about what a message is
about; they separate messages that are likely to hold an answer from those that only look like it.
Patterns are for English and Chinese, "I" for more languages; where none matches, all messages are
alike. This module knows nothing of questions and of indexes.
"""

import re

import numpy as np
import numpy.typing as npt

from tau.text.dates.calendar import MONTHS, WEEKDAYS

LONGEST_TEXT = 4_000
"""Characters of a message that are looked at."""
MAX_SELF_WORDS = 3
"""Words of oneself that count."""
MAX_TIME_WORDS = 2
"""Words of time that count."""

_WORDS = re.compile(r"[^\W_]+(?:'[a-z]+)?")
_SELF_WORDS = """
i i'm i've i'd i'll my me mine myself we our
ich mein meine meinen meinem meiner mir mich wir unser unsere
je mon ma mes moi nous notre yo mi mis eu meu minha io mio mia
я мой моя моё мое мои мне меня мы наш наша
"""
_TIME_WORDS = """
today tonight yesterday tomorrow last next ago since recently just morning evening
week weeks weekend weekends month months year years
"""
_LIKING_WORDS = """
love like enjoy prefer hate dislike adore want need usually tend can't allergic into
interested obsessed looking thinking trying fan favorite favourite
"""
_SELF = frozenset(_SELF_WORDS.split())
_TIMES = frozenset(
    {
        *_TIME_WORDS.split(),
        *(MONTHS.keys() - {"may"}),
        *WEEKDAYS,
        *(name[:3] for name in WEEKDAYS),
    }
)
_LIKING_SET = frozenset(_LIKING_WORDS.split())
_SELF_UNSPACED = re.compile("我|咱|私|僕|俺|저는|제가|나는|내가|우리")
_DATED = re.compile(r"(?:19|20)\d\d|\d{1,2}(?:st|nd|rd|th)")
_TIMES_UNSPACED = re.compile(
    "[今昨明前后後去]天|[今明去前]年|上周|上週|下周|下週|上个月|上個月|下个月|下個月|周末|週末"
    "|星期|礼拜|禮拜|[0-9]{1,2}[月日号號]|[一二三四五六七八九十]月|刚刚|剛剛|最近"
)
_LIKING = re.compile(
    r"\bi(?:'m| am|'ve been)? (?:(?:really|also|just|always|mostly|absolutely|still) )*"
    r"(?:love|like|enjoy|prefer|hate|dislike|adore|want|need|usually|tend to|can't stand|allergic"
    r"|into|interested in|obsessed|looking for|thinking of|trying to|a (?:big |huge )?fan)\b"
    r"|\bmy favou?rite"
)
_LIKING_UNSPACED = re.compile("喜欢|喜歡|最爱|最愛|讨厌|討厭|爱吃|愛吃|偏好|受不了|过敏|過敏")
_STATEMENT_END = re.compile(r"[.!…](?:\s|$)|[。！…\n]")
"""The end of a sentence that is not a question."""
_QUESTION_ENDINGS = ("?", "？", "؟", "吗", "嗎", "呢")

_SELF_BITS, _TIME_SHIFT, _TIME_BITS = 3, 2, 3
_ASKING_BIT, _LIKING_BIT, _ONLY_ASKING_BIT = 16, 32, 64


def extract_features(text: str, *, own: bool) -> int:
    """Return the bits of a message; of Tau's own words only whether they end as a question."""
    asking = _ASKING_BIT if text.rstrip().endswith(_QUESTION_ENDINGS) else 0
    text = text.strip()[:LONGEST_TEXT]
    if asking and not _STATEMENT_END.search(text):
        asking |= _ONLY_ASKING_BIT
    if not own:
        return asking
    low = text.lower().replace("’", "'")
    words = _WORDS.findall(low)  # looked up one by one: many patterns at once are slow
    of_self = sum(word in _SELF for word in words)
    times = sum(
        word in _TIMES or (word[0] <= "9" and _DATED.fullmatch(word) is not None) for word in words
    )
    liking = not _LIKING_SET.isdisjoint(words) and _LIKING.search(low) is not None
    if not text.isascii():
        of_self += len(_SELF_UNSPACED.findall(text))
        times += len(_TIMES_UNSPACED.findall(text))
        liking = liking or _LIKING_UNSPACED.search(text) is not None
    bits: int = min(of_self, MAX_SELF_WORDS) | min(times, MAX_TIME_WORDS) << _TIME_SHIFT | asking
    return bits | (_LIKING_BIT if liking else 0)


class Features:
    """The features of every row as numbers from 0 to 1."""

    def __init__(self, bits: npt.NDArray[np.uint8]) -> None:
        self.of_self = _share(bits & _SELF_BITS, MAX_SELF_WORDS)
        self.of_times = _share((bits >> _TIME_SHIFT) & _TIME_BITS, MAX_TIME_WORDS)
        ending, whole = bits & _ASKING_BIT, bits & _ONLY_ASKING_BIT
        self.asking = _share(ending // _ASKING_BIT + whole // _ONLY_ASKING_BIT, 2)
        self.liking = _share(bits & _LIKING_BIT, _LIKING_BIT)


def _share(bits: npt.NDArray[np.integer], most: int) -> npt.NDArray[np.float32]:
    share: npt.NDArray[np.float32] = bits.astype(np.float32) / np.float32(most)
    return share
