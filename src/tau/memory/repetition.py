"""Repetition: the words and phrases by which a text can be recognised in another one.

A phrase is three words in a row that are not mere grammar, or six characters of a script without
spaces. Everyday words identify nothing. This module knows nothing of memories.
"""

import re
from collections.abc import Iterable

from tau.journal.entries import Claim
from tau.text.scripts import UNSPACED
from tau.text.tokenization import STOP_WORDS, fold_text, terms

PHRASE_WORDS = 3
PHRASE_CHARACTERS = 6

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_FUNCTION_CHARACTERS = frozenset(
    "的了是在我你您他她它们就都而及与和也吗呢吧啊呀哦这那有不没之其于个会要去来到把被给让跟对从很说看想还再又"
    "のはがをにでとへもやかねよなただすまてしいるれ은는이가을를에의도로와과"
)
_COMMON_WORDS = frozenset(
    terms(
        "ask back bad best better big bit bring call care change come day days done eat end even "
        "evening ever every everything family feel feeling find fine first food friend fun give "
        "glad go goes going gone good great happy hard hear hello help hey hi home hope hour house "
        "idea keep kind know last late later learn leave let life little live long look lot love "
        "make making man maybe mean meet mind minute moment month morning much name need never "
        "new next nice night okay old one people person place plan play please question read "
        "ready really remember reply right said say see share show since sleep small something "
        "soon sorry sound start still stop story sure take talk tell thank thanks thing things "
        "think thought time today together told tomorrow tonight try two understand use want "
        "water way week weekend well went woman wonderful word work world worry write year "
        "yesterday yet sorts sound sounds enjoy enjoying lovely welcome happen happened anything "
        "nothing "
        "今天 明天 昨天 现在 时间 知道 觉得 喜欢 希望 谢谢 你好 早上 晚上 下午 朋友 家里 工作 "
        "生活 东西 事情 问题 开心 高兴 一下 一起 一个 我们 他们 你们 没有 就是 不是 这个 那个 "
        "但是 因为 所以 如果 还是 已经 可能 应该 需要 想要 告诉 记得 帮你 感觉 真的 非常 很好"
    )
)


def claim_terms(claim: Claim) -> Iterable[str]:
    """Return the terms of a claim's text, value and subject."""
    return terms(f"{claim.text} {claim.value} {claim.about}")


def can_identify(term: str) -> bool:
    """Return whether a term can identify anything: it is no everyday word and no mere grammar."""
    return len(term) > 1 and term not in _COMMON_WORDS and _FUNCTION_CHARACTERS.isdisjoint(term)


def shares_content(words: str, reply: str) -> bool:
    """Return whether a reply to some words has any word of theirs that is not mere grammar.

    Stricter than what identifies a text: everyday words and single characters count. Where one of
    them is in a script without spaces and the other isn't, they can't be compared, and it has.
    """
    ours, theirs = _content_terms(words), _content_terms(reply)
    if ours and theirs and any(map(is_unspaced, ours)) != any(map(is_unspaced, theirs)):
        return True
    return not ours.isdisjoint(theirs)


def _content_terms(text: str) -> set[str]:
    return {term for term in terms(text) if _FUNCTION_CHARACTERS.isdisjoint(term)}


def telling_phrases(text: str) -> set[tuple[str, ...]]:
    """Return the phrases that aren't made of everyday words alone, such as closing lines are."""
    return {phrase for phrase in phrases(text) if any(map(can_identify, terms(" ".join(phrase))))}


def phrases(text: str) -> set[tuple[str, ...]]:
    """Return the runs of words that are not mere grammar, and of characters without spaces."""
    found: set[tuple[str, ...]] = set()
    plain = [word for word in _WORDS.findall(fold_text(text)) if word not in STOP_WORDS]
    words = [word for word in plain if not _UNSPACED.search(word)]
    for start in range(len(words) - PHRASE_WORDS + 1):
        found.add(tuple(words[start : start + PHRASE_WORDS]))
    for word in plain:
        if _UNSPACED.search(word):
            for start in range(len(word) - PHRASE_CHARACTERS + 1):
                found.add((word[start : start + PHRASE_CHARACTERS],))
    return found


def single_line(text: str) -> str:
    """Return a text on one line, with single spaces."""
    return " ".join(text.split())


def is_unspaced(term: str) -> bool:
    """Return whether a term is of a script without spaces."""
    return _UNSPACED.search(term) is not None
