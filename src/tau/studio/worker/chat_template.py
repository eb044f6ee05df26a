"""The chat template and the tokenizer of a base, as the engine that serves it applies them.

A request is rendered with the beginning of an answer, and tokenized whole. An answer is what the
template puts behind that, up to and with the token that ends the turn: exactly what the model has
to generate when it's served. Control strings in messages are broken as they are in requests.
"""

from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from transformers.tokenization_utils_tokenizers import TokenizersBackend

from tau.models.control_strings import break_control_strings
from tau.studio.worker.token_tree import TokenSequence

_TURN_ENDS = ("<|im_end|>", "<|eot_id|>", "<|end|>", "<|endoftext|>", "<|eom_id|>", "<end_of_turn>")
_DAY = "26 Jul 2024"
"""What templates show as today. A run must give the same on any day; Llama's own default."""

Messages = list[dict[str, Any]]


class TemplateRefused(Exception):
    """The base's template can't render a chat; the sentence quotes none of it."""


class ChatTemplate:
    """Turns chats into tokens."""

    def __init__(self, path: Path, metadata: dict[str, Any]) -> None:
        self._tokenizer: Any = TokenizersBackend.from_pretrained(path.parent, gguf_file=path.name)
        self._first = self._first_token(metadata)
        self.turn_ends = self._turn_ends(metadata)
        """Tokens that end an answer."""

    def _first_token(self, metadata: dict[str, Any]) -> int | None:
        """Return the token that the engine puts first where the template doesn't."""
        is_on = metadata.get("tokenizer.ggml.add_bos_token")
        if is_on is None:
            is_on = metadata.get("tokenizer.ggml.model") == "llama"
        return metadata.get("tokenizer.ggml.bos_token_id") if is_on else None

    def _turn_ends(self, metadata: dict[str, Any]) -> frozenset[int]:
        known = self._tokenizer.get_vocab()
        named = {known[each] for each in _TURN_ENDS if each in known}
        marked = (metadata.get(f"tokenizer.ggml.{role}_token_id") for role in ("eos", "eot"))
        return frozenset(named | {each for each in marked if each is not None})

    @property
    def _end(self) -> int:
        return int(self._tokenizer.eos_token_id)

    def request(self, messages: Messages, tools: Any = None) -> tuple[int, ...]:
        """Return the tokens of a request, up to where the answer begins."""
        return self._with_first(self._tokens(self._render(messages, tools, is_open=True)))

    def chat(self, messages: Messages, tools: Any = None) -> TokenSequence:
        """Return the tokens of a whole chat; those of answers without weight 0 are trained."""
        answers = [at for at, each in enumerate(messages) if each.get("role") == "assistant"]
        tokens: list[int] = []
        trained: list[bool] = []
        done = ""
        for at in answers:
            before = self._render(messages[:at], tools, is_open=True)
            after = self._render(messages[: at + 1], tools, is_open=False)
            if not before.startswith(done) or not after.startswith(before):
                raise TemplateRefused("The base's template changes earlier messages of this chat.")
            request = self._tokens(before[len(done) :])
            answer = self._answer(after[len(before) :])
            is_trained = messages[at].get("weight", 1) != 0
            tokens += [*(request if tokens else self._with_first(request)), *answer.tokens]
            trained += [False] * (len(tokens) - len(trained) - len(answer.tokens))
            trained += [each and is_trained for each in answer.trained]
            done = after
        return TokenSequence(tuple(tokens), tuple(trained))

    def text(self, tokens: list[int]) -> str:
        """Return the text of an answer, without the token that ends it."""
        kept = tokens[:-1] if tokens and tokens[-1] in self.turn_ends else tokens
        return str(self._tokenizer.decode(kept, skip_special_tokens=True))

    def _answer(self, text: str) -> TokenSequence:
        """Return the tokens of an answer; what the template puts behind its end isn't trained."""
        tokens = self._tokens(text)
        ends = [at for at, each in enumerate(tokens) if each in self.turn_ends]
        if not ends:
            tokens = [*tokens, self._end]
            ends = [len(tokens) - 1]
        return TokenSequence(tuple(tokens), tuple(at <= ends[-1] for at in range(len(tokens))))

    def _render(self, messages: Messages, tools: Any, *, is_open: bool) -> str:
        body = break_control_strings({"messages": _plain(messages), "tools": tools})
        try:
            return str(
                self._tokenizer.apply_chat_template(
                    body["messages"],
                    tools=body["tools"],
                    tokenize=False,
                    add_generation_prompt=is_open,
                    strftime_now=lambda _: _DAY,
                )
            )
        except (TemplateError, TypeError, ValueError, KeyError):
            raise TemplateRefused("The base's template can't render this chat.") from None

    def _tokens(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False))

    def _with_first(self, tokens: list[int]) -> tuple[int, ...]:
        if self._first is None or tokens[:1] == [self._first]:
            return tuple(tokens)
        return (self._first, *tokens)


def _plain(messages: Messages) -> Messages:
    return [{name: value for name, value in each.items() if name != "weight"} for each in messages]
