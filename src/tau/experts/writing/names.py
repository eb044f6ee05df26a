"""Names in a document held against known ones: misspelled, or somebody else in the same role."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import NamedTuple

from tau.experts.writing.findings import TextFinding
from tau.experts.writing.sentences import has_han
from tau.experts.writing.statements import NOT_NAMES, KnownStatement, message_of
from tau.facts.vocabulary_chinese import COMPOUND_SURNAMES, SURNAMES
from tau.text.scripts import HAN

_TITLE = r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Frau|Herr|Madame|Monsieur|Señora?)\.?"
_WORD = r"[A-ZÀ-Þ][^\W\d_]+(?:[-'’][A-ZÀ-Þ]?[^\W\d_]+)*"
_FULL_NAME = re.compile(rf"\b(?P<first>{_WORD}) (?P<last>{_WORD})\b")
_TITLED = re.compile(rf"\b{_TITLE} (?:(?P<first>{_WORD}) )?(?P<last>{_WORD})\b")
_ROLE = re.compile(
    rf"\b(?:[Mm]y|[Oo]ur) (?P<role>[a-z]+(?: [a-z]+)?),? (?:is |called |named )?(?:{_TITLE} )?"
    rf"(?P<name>{_WORD}(?: {_WORD})?)"
)
_STATED = re.compile(
    rf"(?P<role>[A-Za-z]+(?: [a-z]+)?)(?:: | is (?:called |named )?)(?:{_TITLE} )?"
    rf"(?P<name>{_WORD}(?: {_WORD})*)"
)
_OWN = re.compile(r"(?:my|our|the) |(?:我们的|我的|我们|我司|本公司|本)(?=.)")
_HAN_STATED = re.compile(
    rf"(?P<role>[{HAN}]{{2,8}}?)(?:：|叫|是)(?P<name>[{HAN}]{{2,3}})(?:$|[。，先女])"
)
_HAN_NAME = re.compile(
    rf"(?:是|为|：|叫)?(?P<name>[{HAN}]{{2,4}}?)(?=先生|女士|小姐|经理|老师|主任|[，。；！、\s]|$)"
)
_HAN_OTHERS = re.compile(r"(?:[你您他她其]|贵司|贵方|对方|前任|原)(?:们|的)*$")
_MOST_BEFORE = 8
"""Characters before a role in which its owner is looked for."""
_HAN_NAME_CHARACTERS = 3
_NEAR = 1
_NEAR_IF_LONG = 2
_LONG = 8
_SHORTEST = 4


class KnownPerson(NamedTuple):
    """A role in lower case (empty where none is known), a name, and the statement that says so."""

    role: str
    name: str
    statement: KnownStatement


def find_people(known: Iterable[KnownStatement]) -> list[KnownPerson]:
    """Return the people that statements name."""
    found: list[KnownPerson] = []
    for statement in known:
        text = statement.text
        stated = (*_STATED.finditer(text), *_HAN_STATED.finditer(text))
        found += [
            KnownPerson(_OWN.sub("", match["role"].lower(), count=1), match["name"], statement)
            for match in stated
        ]
        full = (match for match in _FULL_NAME.finditer(text) if match["first"] not in NOT_NAMES)
        found += [KnownPerson("", match[0], statement) for match in full]
    return found


def check_names(
    text: str, people: Sequence[KnownPerson], zone: tzinfo | None = None
) -> Iterator[TextFinding]:
    """Yield names that differ from those of known people; two may overlap."""
    yield from _misspelled(text, people, zone)
    yield from _wrong_role(text, people, zone)


def _misspelled(
    text: str, people: Sequence[KnownPerson], zone: tzinfo | None
) -> Iterator[TextFinding]:
    """Yield a known person's name in another spelling: the first name or a title is with it."""
    if not people:
        return
    words = {word for _, name, _ in people for word in name.split()}
    for match in (*_FULL_NAME.finditer(text), *_TITLED.finditer(text)):
        last = match["last"]
        if last in words or last in NOT_NAMES:
            continue
        for _, name, statement in people:
            parts = name.split()
            titled = match.re is _TITLED
            same_first = len(parts) > 1 and match["first"] == parts[0]
            if (titled or same_first) and _is_near(last, parts[-1]):
                yield _finding(match.start("last"), match.end("last"), parts[-1], statement, zone)
                break


def _is_near(word: str, known: str) -> bool:
    if min(len(word), len(known)) < _SHORTEST or word == known:
        return False
    most = _NEAR_IF_LONG if len(known) >= _LONG else _NEAR
    return abs(len(word) - len(known)) <= most and _distance(word, known) <= most


def _distance(word: str, other: str) -> int:
    """Return how many letters must be changed, added or taken out (Levenshtein)."""
    row = list(range(len(other) + 1))
    for place, letter in enumerate(word, start=1):
        before, row[0] = row[0], place
        for column, another in enumerate(other, start=1):
            least = min(row[column], row[column - 1]) + 1
            before, row[column] = row[column], min(least, before + (letter != another))
    return row[-1]


def _wrong_role(
    text: str, people: Sequence[KnownPerson], zone: tzinfo | None
) -> Iterator[TextFinding]:
    """Yield a name in a role that only somebody else is known in."""
    if not people:
        return
    for role, start, name in (*_roles(text), *_han_roles(text, people)):
        known = [(one.name, one.statement) for one in people if one.role and one.role == role]
        names = {one for one, _ in known}
        if len(names) != 1 or name.split()[0] in NOT_NAMES:
            continue
        (right,), statement = names, max(known, key=lambda pair: pair[1].said_on)[1]
        if right in name or set(name.split()) & set(right.split()):
            continue
        yield _finding(start, start + len(name), right, statement, zone)


def _roles(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the person's own people with their roles, and where their names are."""
    for match in _ROLE.finditer(text):
        yield match["role"].lower(), match.start("name"), match["name"]


def _han_roles(text: str, people: Sequence[KnownPerson]) -> Iterator[tuple[str, int, str]]:
    """Yield the Chinese names that follow a known role, unless it's somebody else's."""
    for role in {one.role for one in people if has_han(one.role)}:
        for place in re.finditer(re.escape(role), text):
            match = _HAN_NAME.match(text, place.end())
            before = text[max(0, place.start() - _MOST_BEFORE) : place.start()]
            if match is None or _HAN_OTHERS.search(before):
                continue
            name = match["name"]
            compound = name[:2] in COMPOUND_SURNAMES and len(name) > 2
            if compound or (name[0] in SURNAMES and len(name) <= _HAN_NAME_CHARACTERS):
                yield role, match.start("name"), name


def _finding(
    start: int, end: int, right: str, statement: KnownStatement, zone: tzinfo | None
) -> TextFinding:
    return TextFinding(
        "memory",
        "memory",
        message_of(statement, right, zone, chinese=has_han(right)),
        start=start,
        end=end,
        replacements=(right,),
        by="memory",
        fact=statement.id,
        said_on=statement.said_on,
    )
