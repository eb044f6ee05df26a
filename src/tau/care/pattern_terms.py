"""Terms that a text needs for a pattern to match: a pattern is tried only where they occur.

They are derived from the pattern itself, so that rules need no list of words beside them. The
derivation is safe: what it can't tell, it leaves out, and the pattern is tried more often.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import product
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from tau.text.scripts import HAN

_MAX_STRINGS = 50
_MAX_SETS = 6
_EDGE = "\0"
"""Stands for a word boundary."""
_BOUNDARIES = {"AT_BOUNDARY", "AT_BEGINNING", "AT_END"}
_TERM = re.compile(rf"(?<=[^a-z])[a-z]+(?=[^a-z])|[{HAN}]")
_COMMON_TERMS = """
i me my you he she it we they a an the to of in on at for and or so that this is am are was be been
do did not no can will would could have has had with all just more like get got if when how what
who one as by from up out about know think feel want need going make time good people her him his
their your there some any only really now than then here help find
我 的 了 不 想 要 是 在 有 都 就 你 他 她 这 那 一 人 好 会 能 也 还 大 家 没 们 到 说
去 把 什 么 怎 为 吃 以 后 可 看 个 上 下 时 天 很 得 用 生 过 自 己
"""
_COMMON = frozenset(_COMMON_TERMS.split())


def needed_terms(pattern: str, flags: re.RegexFlag = re.NOFLAG) -> tuple[frozenset[str], ...]:
    """Return sets of terms: every match of `pattern` has a term of each set. The rarest first."""
    found = _of_sequence(_parser.parse(pattern, int(flags)))
    return tuple(sorted(set(found), key=_cost)[:_MAX_SETS])


def _of_sequence(nodes: Sequence[Any], before: str = "", after: str = "") -> list[frozenset[str]]:
    """Return the terms of parts that follow each other: each of them has to occur.

    `before` and `after` are `_EDGE` where a term begins or ends with the sequence.
    """
    found: list[frozenset[str]] = []
    strings: list[str] = [before]
    for index, node in enumerate(nodes):
        ways = _strings(node)
        if ways is not None and len(strings) * len(ways) <= _MAX_STRINGS:
            strings = [head + way for head, way in product(strings, ways)]
            continue
        right = _EDGE if _start_apart(nodes[index:]) else ""
        found += _of_strings([head + right for head in strings])
        edge = _EDGE if all(one and not one[-1].isalpha() for one in strings) else ""
        if ways is not None:
            strings = [edge + way for way in ways]
            continue
        follows = _EDGE if _start_apart(nodes[index + 1 :]) else ""
        found += _of_node(node, edge, follows or (after if index + 1 == len(nodes) else ""))
        strings = [_EDGE if _ends_apart(node) and (edge or not _may_be_empty(node)) else ""]
    return found + _of_strings([head + after for head in strings])


def _of_node(node: Any, before: str, after: str) -> list[frozenset[str]]:
    kind, inner = str(node[0]), node[1]
    if kind == "SUBPATTERN":
        return _of_sequence(inner[3], before, after)
    if kind in {"MAX_REPEAT", "MIN_REPEAT"} and inner[0] > 0:
        return _of_sequence(inner[2])
    if kind != "BRANCH":
        return []
    ways = [_of_sequence(way, before, after) for way in inner[1]]
    if not all(ways):
        return []
    return [frozenset().union(*(min(way, key=_cost) for way in ways))]


def _start_apart(nodes: Sequence[Any]) -> bool:
    """Return whether what nodes match starts with a sign that is no letter, or at a boundary."""
    if not nodes:
        return False
    kind, inner = str(nodes[0][0]), nodes[0][1]
    if kind == "LITERAL":
        return not chr(inner).isalpha()
    if kind in {"AT", "ASSERT", "ASSERT_NOT"}:
        return str(inner) in _BOUNDARIES or _start_apart(nodes[1:])
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        return _start_apart(inner[2]) and (inner[0] > 0 or _start_apart(nodes[1:]))
    if kind == "BRANCH":
        return all(map(_start_apart, inner[1]))
    return kind == "SUBPATTERN" and _start_apart(inner[3])


def _ends_apart(node: Any) -> bool:
    """Return whether what a node matches, if anything, ends with a sign that is no letter."""
    kind, inner = str(node[0]), node[1]
    if kind == "LITERAL":
        return not chr(inner).isalpha()
    if kind == "SUBPATTERN":
        return bool(inner[3]) and _ends_apart(inner[3][-1])
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        return bool(inner[2]) and _ends_apart(inner[2][-1])
    return kind == "BRANCH" and all(way and _ends_apart(way[-1]) for way in inner[1])


def _may_be_empty(node: Any) -> bool:
    """Return whether a node can match nothing, as far as its last part says."""
    kind, inner = str(node[0]), node[1]
    return kind in {"MAX_REPEAT", "MIN_REPEAT"} and inner[0] == 0


def _of_strings(strings: Sequence[str]) -> list[frozenset[str]]:
    """Return one term of each string, the least common; nothing if a string has no whole term."""
    chosen = []
    for string in strings:
        terms = _TERM.findall(string)
        if not terms:
            return []
        chosen.append(min(terms, key=lambda term: (term in _COMMON, -len(term))))
    return [frozenset(chosen)]


def _cost(terms: frozenset[str]) -> tuple[int, int]:
    return len(terms & _COMMON), len(terms)


def _strings(node: Any) -> list[str] | None:
    """Return all strings that a node matches; `None` if they are too many to list."""
    kind, inner = str(node[0]), node[1]
    ways: list[str] | None = None
    if kind == "LITERAL":
        ways = [chr(inner)]
    elif kind in {"AT", "ASSERT", "ASSERT_NOT"}:
        ways = [_EDGE if str(inner) in _BOUNDARIES else ""]
    elif kind == "SUBPATTERN":
        ways = _all_strings(inner[3])
    elif kind == "BRANCH":
        several = [_all_strings(way) for way in inner[1]]
        ways = None if None in several else [one for way in several if way for one in way]
    elif kind == "IN":
        ways = _letters(inner)
    elif kind in {"MAX_REPEAT", "MIN_REPEAT"} and (inner[0], inner[1]) == (0, 1):
        once = _all_strings(inner[2])
        ways = None if once is None else ["", *once]
    return ways


def _all_strings(nodes: Iterable[Any]) -> list[str] | None:
    strings = [""]
    for node in nodes:
        ways = _strings(node)
        if ways is None or len(strings) * len(ways) > _MAX_STRINGS:
            return None
        strings = [before + way for before, way in product(strings, ways)]
    return strings


def _letters(members: Sequence[Any]) -> list[str] | None:
    if any(str(kind) != "LITERAL" for kind, _ in members):
        return None
    return [chr(code) for _, code in members]
