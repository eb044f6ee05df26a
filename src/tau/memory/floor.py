"""The floor of recall: whether a message asks for anything that memory holds.

A logistic model over a few features of the message and its best matches, one for each embedder and
one for words alone. Its weights are data (`floor.json`, written by `scripts/train_fusion`). Below
the floor nothing is recalled: a joke that is asked for needs no memories of other jokes.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from importlib.resources import files

import msgspec
import numpy as np

from tau.memory.lexical import LexicalIndex, Scores
from tau.memory.questions import LONGEST_PATTERN_TEXT, ParsedQuestion

WORDS_ONLY = "words only"
"""The name of the model for searches without a vector."""
OWN_QUESTION, NAMES_SPEAKER, ASKS_OF_SAID = "own question", "names speaker", "asks of said"
"""Features that put a message above the floor, whatever the others are."""
MAX_TERMS = 4
"""Terms of a message that count: more of them make it no more of a question."""
SINGLE = 0.75
"""What a word counts that one message says; commoner ones count less."""
DAY_SECONDS = 86_400
BEST_MATCHES = 5
MOST_SPREAD = 8
"""Standard deviations by which the nearest vector may stand out, about."""
TINY = 1e-6

_OF_SELF = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|myself|we|us|our|ours)\b|我|咱", re.IGNORECASE
)
_OWN_QUESTION = re.compile(
    r"^(?!.*\b(?:how|what|where) (?:do|can|could|should|would|must) (?:i|we|you)\b)"
    r"(?!\W*(?:can|could|would|will|may|shall) )"
    r"(?=.*\b(?:what|which|who|whom|whose|where|when|why|how|did|do|does|have|has|had|was|were|am"
    r"|is|are)\b).*\b(?:i|i'm|i've|i'd|my|me|mine|we|us|our)\b.*[?？]\s*$"
    r"|(?<![听聽看][到见見])(?:我|咱).*(?:什么|什麼|谁|誰|哪|几|幾|多少|何时|何時|怎么样|怎麼樣|吗|嗎|么)",
    re.IGNORECASE | re.DOTALL,
)
"""A question about the person's own life, not one for advice ("how do I boil an egg?")."""
_ASKS = re.compile(
    r"[?？]\s*$|^\W*(?:(?:and|so|but|hey|ok|okay|tau)\W+)*(?:what|which|who|whom|whose|where|when|why"
    r"|how|do|did|does|is|are|was|were|am|have|has|had)\b"
    r"|\btell me (?:about|again|all|everything|how|what|when|where|which|who|why)\b"
    r"|\bremind me\b|\bdo you (?:remember|recall|know)\b"
    r"|\bi (?:forget|forgot|wonder|can't remember)\b"
    r"|什么|什麼|谁|誰|哪|几|幾|多少|怎么|怎麼|吗|嗎|呢|记得|記得|告诉我|告訴我|提醒我",
    re.IGNORECASE,
)
"""A question, also one without a question mark."""
_QUESTION = re.compile(r"[?？]\s*$")
_TASK = re.compile(
    r"^\W*(?:(?:please|can you|could you|would you|let's|now) )*(?:write|draft|compose|translate"
    r"|summari[sz]e|explain|convert|fix|correct|rewrite|proofread|calculate|solve|define|sing|play"
    r"|flip|roll|pick|choose|make me laugh|tell me (?:a|an|another|something)\b"
    r"|(?:give me|suggest) (?:a|an|one|two|three|four|five|ten|some)\b)"
    r"|^(?!.*\b(?:my|our)\b).*\bhow (?:do|can|could|should|would) (?:i|you|one)\b"
    r"|^\W*what(?:'s| is| are) (?:a|some) good\b|\bwhat(?:'s| is) the difference between\b"
    r"|^\W*what time is it\b"
    r"|\b(?:joke|poem|haiku|limerick|riddle|synonym|antonym|rhymes? with|python|sql|regex|git)\b"
    r"|写[一个首封条]|寫[一個首封條]|翻译|翻譯|译成|譯成|[讲講说說出]个|[講說出]個|笑话|笑話|谜语|謎語|润色|潤色"
    r"|语病|語病|近义词|近義詞|反义词|反義詞|什么意思|什麼意思|[起取].{0,3}名字|等于[多几]|等於[多幾]",
    re.IGNORECASE,
)
_OF_TAU = re.compile(r"\b(?:you|your|yours|you're|yourself)\b|你|您", re.IGNORECASE)


class Floor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The models by the name of the embedder, and how they came to be.

    A message is below the floor if the weighted sum of its features is below 0.
    """

    note: str
    models: dict[str, dict[str, float]]
    default: str
    """The embedder whose model serves for one that has none of its own."""

    def model_for(self, embedder: str | None) -> dict[str, float]:
        """Return the model of an embedder; `None` means that words alone decide."""
        if embedder is None:
            return self.models[WORDS_ONLY]
        return self.models.get(embedder, self.models[self.default])


@lru_cache(maxsize=1)
def load_floor() -> Floor:
    """Return the floor that ships with Tau."""
    raw = files("tau.memory").joinpath("floor.json").read_bytes()
    return msgspec.json.decode(raw, type=Floor)


def rarest_word(
    lexical: LexicalIndex, question: ParsedQuestion, excluded: Collection[int]
) -> float:
    """Return how rare the rarest word of a question is that any row says but those `excluded`."""
    rarest = max(
        (
            weight * lexical.idf(term, excluded)
            for term, weight in question.terms.items()
            if lexical.is_said(term, excluded)
        ),
        default=0.0,
    )
    return min(SINGLE * rarest / lexical.idf_of(1), 1.0)


def floor_features(
    text: str,
    question: ParsedQuestion,
    *,
    now: float,
    strength: float,
    rarest: float,
    best: float,
    names_speaker: bool,
    meaning: Scores | None,
) -> dict[str, float]:
    """Return the features of a message at `now`.

    `strength` is the share of its words that is said in one place, `rarest` how rare the rarest
    of them is (`rarest_word`), `best` the best fused score,
    `meaning` the cosines of all messages, `names_speaker` whether it names somebody who spoke.
    """
    start = text[:LONGEST_PATTERN_TEXT]
    is_task = _TASK.search(start) is not None
    asks_of_said = _QUESTION.search(start) and not is_task and strength >= 1
    found = {
        "constant": 1.0,
        "strength": strength,
        "rarest": rarest,
        "terms": min(len(question.terms), MAX_TERMS) / MAX_TERMS,
        "of_self": float(_OF_SELF.search(start) is not None),
        OWN_QUESTION: float(_OWN_QUESTION.search(start) is not None),
        NAMES_SPEAKER: float(names_speaker),
        ASKS_OF_SAID: float(bool(asks_of_said) and rarest >= SINGLE),
        "of_tau": float(_OF_TAU.search(start) is not None and not question.asks_about_replies),
        "task": float(is_task),
        "question": float(_ASKS.search(start) is not None),
        "past": float(any(span.end < now - DAY_SECONDS / 2 for span in question.spans)),
        "replies": float(question.asks_about_replies),
        "best": best,
    }
    if meaning is not None and len(meaning):
        count = min(BEST_MATCHES, len(meaning))
        nearest = np.partition(meaning, len(meaning) - count)[-count:]
        found["nearest"] = float(nearest.mean())
        found["stands_out"] = float(nearest.max() - meaning.mean())
        found["spread"] = float(found["stands_out"] / (MOST_SPREAD * meaning.std() + TINY))
        found["gap"] = float(nearest.max() - nearest.min())
    return found


def is_above_floor(features: dict[str, float], embedder: str | None) -> bool:
    """Return whether a message with these features asks for something that memory may hold.

    A question about oneself or about somebody who spoke always does: a model that has learned from
    questions with an answer can't know what is asked in vain. So does a question whose words were
    said in one place, one of them nowhere else ("What of the hollyhock?").
    """
    if any(features[name] for name in (OWN_QUESTION, NAMES_SPEAKER, ASKS_OF_SAID)):
        return True
    model = load_floor().model_for(embedder)
    return sum(model.get(name, 0.0) * value for name, value in features.items()) >= 0
