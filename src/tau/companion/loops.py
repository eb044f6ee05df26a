"""Detector of a streamed reply that has begun to repeat itself. Pure.

Small models get caught in loops: a syllable, a sentence, a paragraph or a list item again and
again. Two things count as a loop: a text that ends with the same piece many times in a row, and
list items that differ only in their number. What repeats by its nature (tables, rows of numbers,
rules, code) needs far more repetitions; refrains and lists with different items never count,
because something else stands between them.
"""

import itertools
import re
import unicodedata

CHECK_EVERY_CHARACTERS = 24
_CHECKS_PER_LENGTH = 200
WINDOW_CHARACTERS = 6_000
"""How much of the end of a reply is looked at."""
_SEEDS_CHARACTERS = (12, 48)
"""Lengths of the end of the text whose earlier place gives the period."""
_SHORT_WIDTH = 20.0
"""Pieces narrower than this are syllables and words: these may follow each other more often."""
_SHORT_TIMES, _LONG_TIMES, _ITEM_TIMES = 8, 5, 6
_SHORT_TOTAL_WIDTH = 100.0
_PATIENT_TIMES, _PATIENT_TOTAL_WIDTH = 24, 2_400.0
"""For code, tables, numbers and rules."""
_ITEM = re.compile(r"[ \t]*(?:\d{1,4}[.)、:：]|[-*+•])[ \t]*(.*)")
_ASKS_TO_REPEAT = re.compile(
    r"\brepeat|\btimes\b|\bover and over\b|重复|重複|反复|反復|[遍次]", re.IGNORECASE
)
_CLOSERS = ".!?…。！？\"'”’)）」』*_`"
_FENCE = re.compile(r"^[ \t]{0,3}(?:`{3,}|~{3,})", re.MULTILINE)


class LoopDetector:
    """Watches one reply."""

    def __init__(self) -> None:
        self._text = ""
        self._checked = 0

    def feed(self, text: str) -> str | None:
        """Return the reply without its loop, or `None` as long as it isn't one."""
        self._text += text
        # the longer the text, the seldomer: so that all checks together take linear time
        pause = max(CHECK_EVERY_CHARACTERS, len(self._text) // _CHECKS_PER_LENGTH)
        if len(self._text) - self._checked < pause:
            return None
        self._checked = len(self._text)
        return trimmed_loop(self._text)

    def reset(self) -> None:
        """Forget the text so far."""
        self._text, self._checked = "", 0


def asks_to_repeat(words: str) -> bool:
    """Return whether a person may want something many times."""
    return _ASKS_TO_REPEAT.search(words) is not None


def trimmed_loop(text: str) -> str | None:
    """Return `text` up to the end of the first round of the loop it ends in, or `None`."""
    hidden = max(len(text) - WINDOW_CHARACTERS, 0)
    tail = text[hidden:]
    patient = len(_FENCE.findall(text)) % 2 == 1
    rounds = (_end_of_first_round(tail, seed, patient=patient) for seed in _SEEDS_CHARACTERS)
    end = next((each for each in rounds if each is not None), None)
    if end is None and not patient:
        end = _end_of_first_item(tail)
    return None if end is None else text[: hidden + end].rstrip()


def _end_of_first_round(tail: str, seed_characters: int, *, patient: bool) -> int | None:
    seed = tail[-seed_characters:]
    before = tail.rfind(seed, 0, len(tail) - 1)
    if before < 0 or len(seed) < seed_characters:
        return None
    period = len(tail) - seed_characters - before
    start = len(tail) - period
    while start > 0 and tail[start - 1] == tail[start - 1 + period]:
        start -= 1
    piece = tail[-period:]
    if not _is_loop(piece, (len(tail) - start) / period, patient=patient or _is_patient(piece)):
        return None
    end = start + period
    while end < len(tail) and tail[end] in _CLOSERS:
        end += 1
    return end


def _is_loop(piece: str, times: float, *, patient: bool) -> bool:
    width = _width(piece)
    if patient:
        return times >= _PATIENT_TIMES and times * width >= _PATIENT_TOTAL_WIDTH
    if width < _SHORT_WIDTH:
        return times >= _SHORT_TIMES and times * width >= _SHORT_TOTAL_WIDTH
    return times >= _LONG_TIMES


def _is_patient(piece: str) -> bool:
    """Return whether a piece repeats by its nature: a row of a table, numbers, a rule, markup."""
    letters = sum(character.isalpha() for character in piece)
    return "|" in piece or "</" in piece or letters * 3 < len(piece)


def _end_of_first_item(tail: str) -> int | None:
    """Return where the first of many equal list items ends."""
    lines = tail.splitlines(keepends=True)[:-1]  # the last one may go on
    items: list[str] = []
    for line in itertools.takewhile(_ITEM.match, reversed(lines)):
        found = _ITEM.match(line)
        items.append(found[1].strip() if found else "")
    same = sum(1 for _ in itertools.takewhile(lambda item: item == items[0], items))
    if same < _ITEM_TIMES or _width(items[0]) < _SHORT_WIDTH / 2 or _is_patient(items[0]):
        return None
    return sum(len(line) for line in lines[: len(lines) - same + 1])


def _width(text: str) -> float:
    """Return how much a text says, in Latin letters: a wide character counts as two and a half."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + 1.5 * wide
