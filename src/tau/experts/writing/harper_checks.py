"""Spelling and grammar of English, by Harper. Runs in the experts' program, which has it installed.

Imports nothing of Tau but the table's error. Nothing is kept of the texts.
"""

from functools import lru_cache
from typing import Any

from tau.experts.worker.calls import CallRefused

DIALECTS = ("american", "british", "australian", "canadian", "indian")
MAX_TEXTS = 5_000
MAX_CHARACTERS = 1_000_000
_SUGGESTIONS = 3
_OFF = {
    "LongSentences": False,  # Tau's own rule says how long
    "SpelledNumbers": False,
    "RepeatedWords": False,
    "Dashes": False,
    "NoOxfordComma": False,
    "OxfordComma": False,
}


def check_english(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return what Harper finds in each of `texts`: places, kinds, messages, replacements.

    `dialect` is one of `DIALECTS`; `words` aren't misspelled. Raises `CallRefused`.
    """
    texts, dialect = arguments.get("texts"), arguments.get("dialect", "american")
    words = tuple(sorted(map(str, arguments.get("words", ()))))
    if not isinstance(texts, list) or dialect not in DIALECTS:
        raise CallRefused("Give a list of texts and a dialect of English.")
    if len(texts) > MAX_TEXTS or sum(map(len, texts)) > MAX_CHARACTERS:
        raise CallRefused("The document is too long to be checked at once.")
    linter = _linter(dialect)
    linter.know(words)
    return {"lints": [_lints(linter.harper, text) for text in texts]}


class DialectLinter:
    """Harper for one dialect. To make one takes half a second, to know other words some ms."""

    def __init__(self, dialect: str) -> None:
        import harper

        self.harper: Any = harper.Linter(harper.Dialect[dialect.upper()])
        known = self.harper.get_lint_config()
        switched = {name: on for name, on in _OFF.items() if name in known}
        self.harper.set_lint_config({**known, **switched})
        self._words: tuple[str, ...] = ()

    def know(self, words: tuple[str, ...]) -> None:
        """Take these words, and no others, for right besides those of the dictionary."""
        if words == self._words:
            return
        self.harper.clear_words()
        self.harper.import_words(list(words))
        self._words = words


@lru_cache(maxsize=2)
def _linter(dialect: str) -> DialectLinter:
    return DialectLinter(dialect)


def _lints(linter: Any, text: str) -> list[dict[str, Any]]:
    return [
        {
            "start": lint.span.start,
            "end": lint.span.end,
            "kind": lint.lint_kind,
            "message": lint.message,
            "replacements": [
                replacement
                for one in lint.suggestions[:_SUGGESTIONS]
                if (replacement := _replacement(one, lint.problem_text)) != lint.problem_text
            ],
        }
        for lint in linter.lint(text, language="markdown", isolate_english=False)
    ]


def _replacement(suggestion: Any, found: str) -> str:
    """Return what stands there instead: a suggestion replaces, removes or adds."""
    kind = suggestion.kind.name
    if kind == "REMOVE":
        return ""
    text = str(suggestion.replacement_text)
    return found + text if kind == "INSERT_AFTER" else text
