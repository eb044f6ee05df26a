"""All checks of a document. Only blocks that changed since they were last checked are read again.

Harper runs elsewhere: `english_texts` says what it should read, and its answer is given to
`add_english`. Knows nothing of where facts and rules come from.
"""

import hashlib
import re
from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from functools import cached_property
from typing import Any

import msgspec

from tau.experts.writing.blocks import MAX_BLOCKS, Block, TextDocument
from tau.experts.writing.chinese_checks import check_chinese, check_spacing
from tau.experts.writing.document_checks import check_document
from tau.experts.writing.english_checks import check_text, undefined_abbreviations
from tau.experts.writing.findings import FindingKind, TextFinding
from tau.experts.writing.memory_checks import KnownMemory, check_memory
from tau.experts.writing.sentences import has_han
from tau.experts.writing.statements import NOT_NAMES, KnownStatement
from tau.experts.writing.style_forms import StyleForm, check_forms
from tau.experts.writing.style_rules import StyleRule
from tau.text.scripts import HAN

MAX_REMEMBERED_BLOCKS = MAX_BLOCKS
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_KINDS: dict[str, FindingKind] = {
    "Spelling": "spelling",
    "Typo": "spelling",
    "Style": "style",
    "Enhancement": "style",
    "Readability": "readability",
    "Formatting": "typography",
    "Punctuation": "typography",
}

ClaimCheck = Callable[[str], Iterable[TextFinding]]
"""Finds what a text says otherwise than the facts do, by reading claims in it."""


class CheckOptions(msgspec.Struct, frozen=True, dict=True):
    """What a document is checked against."""

    rules: tuple[StyleRule, ...] = ()
    forms: tuple[StyleForm, ...] = ()
    statements: tuple[KnownStatement, ...] = ()
    dialect: str = "american"
    words: tuple[str, ...] = ()
    """Words that aren't misspelled: names that are known."""
    ignored: frozenset[str] = frozenset()
    """Names of rules that the person doesn't want."""

    @cached_property
    def digest(self) -> str:
        """Digest of everything that a block's findings depend on besides its text."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


class DocumentChecker:
    """Checks documents, and remembers what it found in a block of that text."""

    def __init__(self, claims: ClaimCheck | None = None, zone: tzinfo | None = None) -> None:
        self._claims = claims
        self._zone = zone
        self._known = KnownMemory(())
        self._known_from: tuple[KnownStatement, ...] = ()
        self._found: OrderedDict[tuple[str, str], list[TextFinding]] = OrderedDict()
        self._english: OrderedDict[tuple[str, str], list[TextFinding]] = OrderedDict()

    def english_texts(self, document: TextDocument, options: CheckOptions) -> list[str]:
        """Return the texts that Harper hasn't read yet: those with English words."""
        texts = (block.text for block in document.blocks if block.kind not in {"code", "rule"})
        wanted = {text: None for text in texts if _is_english(text)}
        return [text for text in wanted if _english_key(text, options) not in self._english]

    def add_english(
        self,
        texts: Sequence[str],
        lints: Sequence[Sequence[Mapping[str, Any]]],
        options: CheckOptions,
    ) -> None:
        """Remember what Harper found in texts."""
        for text, found in zip(texts, lints, strict=True):
            kept = (_from_harper(one) for one in found if not _is_name(one, text))
            self._english[_english_key(text, options)] = list(kept)
        _shorten(self._english)

    def check(self, document: TextDocument, options: CheckOptions) -> list[TextFinding]:
        """Return the findings in a document, in its order; those about all of it come last."""
        if self._known_from is not options.statements:
            self._known = KnownMemory(options.statements)
            self._known_from = options.statements
        digest = options.digest
        texts = [(block.id, block.text) for block in document.blocks if block.kind != "code"]
        across: dict[str, list[TextFinding]] = {}
        for one in (
            *undefined_abbreviations(texts),
            *check_spacing([one for one in texts if has_han(one[1])]),
        ):
            across.setdefault(one.block, []).append(one)
        found: list[TextFinding] = []
        for block in document.blocks:
            inside = [one.at(block.id) for one in self._of_block(block, options, digest)]
            whole = _without_doubles([*inside, *across.get(block.id, ())])
            found += sorted(whole, key=lambda one: one.start)
        found += check_document(document)
        return [one for one in found if one.rule not in options.ignored]

    def _of_block(self, block: Block, options: CheckOptions, digest: str) -> list[TextFinding]:
        if block.kind in {"code", "rule"}:
            return []
        key = (block.kind + block.text, digest)
        if key not in self._found:
            self._found[key] = list(self._check_block(block, options))
            _shorten(self._found)
        self._found.move_to_end(key)
        english = self._english.get(_english_key(block.text, options), [])
        return _without_doubles([*self._found[key], *english])

    def _check_block(self, block: Block, options: CheckOptions) -> Iterator[TextFinding]:
        for rule in options.rules:
            yield from rule.check(block)
        yield from check_forms(block.text, options.forms)
        yield from check_memory(block, self._known, self._zone)
        if self._claims is not None:
            yield from self._claims(block.text)
        yield from check_text(block.text)
        if has_han(block.text):
            yield from check_chinese(block.text)


def _is_english(text: str) -> bool:
    """Return whether a text has English to check: more Latin words than Chinese characters."""
    latin = len(_LATIN_WORD.findall(text))
    return latin > 0 and latin >= len(_HAN_CHARACTER.findall(text))


def _english_key(text: str, options: CheckOptions) -> tuple[str, str]:
    return text, f"{options.dialect} {' '.join(options.words)}"


def _is_name(lint: Mapping[str, Any], text: str) -> bool:
    """Return whether a word is a name that no dictionary has: it has a capital in a sentence.

    A month or a day that is misspelled is none.
    """
    word, before = text[lint["start"] : lint["end"]], text[: lint["start"]].rstrip(" \"'“‘(*_")
    in_sentence = bool(before) and before[-1] not in ".!?:\n"
    is_capital = word[:1].isupper() and not word.isupper()
    dated = any(one in NOT_NAMES for one in lint["replacements"][:1])
    return lint["kind"] in {"Spelling", "Typo"} and is_capital and in_sentence and not dated


def _from_harper(lint: Mapping[str, Any]) -> TextFinding:
    return TextFinding(
        rule=f"harper-{lint['kind']}".lower(),
        kind=_KINDS.get(lint["kind"], "grammar"),
        message=lint["message"],
        start=lint["start"],
        end=lint["end"],
        replacements=tuple(lint["replacements"]),
        by="harper",
    )


def _without_doubles(findings: Sequence[TextFinding]) -> list[TextFinding]:
    """Return findings without those at the place of an earlier one, whose origin is surer."""
    kept: list[TextFinding] = []
    places: list[tuple[int, int]] = []  # of those kept, which don't overlap, in order
    for one in findings:
        if one.rule != "long-sentence":
            before = bisect_left(places, (one.end, 0)) - 1  # the last that begins before its end
            if before >= 0 and one.start < places[before][1]:
                continue
            insort(places, (one.start, one.end))
        kept.append(one)
    return kept


def _shorten(remembered: OrderedDict[tuple[str, str], list[TextFinding]]) -> None:
    while len(remembered) > MAX_REMEMBERED_BLOCKS:
        remembered.popitem(last=False)
