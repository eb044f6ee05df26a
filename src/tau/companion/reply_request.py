"""The request of one reply, built for each model that is asked: a small one gets a shorter prompt.

Pure: it holds what was recalled and the thread before, and knows no model and no journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tau.companion.files_read import QuotedPart
from tau.companion.profile import load_profile
from tau.companion.prompt import PromptStyle, build_prompt, select_recalled, style_for, window
from tau.companion.prompt_files import (
    ReplyFiles,
    add_files,
    add_open_artifact,
    name_files,
    quoted_for,
    sees,
    with_names,
)
from tau.facts import Facts
from tau.memory import Message, Passage
from tau.memory.questions import asks_for_several
from tau.memory.scope import Scope, default_scope
from tau.models.types import ModelInfo
from tau.text.excerpts import estimate_tokens

WIDE_CONTEXT_TOKENS = 16_000
"""The window from which a question for several things gets more passages."""


@dataclass
class ReplyRequest:
    """What a prompt is built from."""

    words: str
    facts: Facts
    now: datetime
    instructions: str | None = None
    skill: str = ""
    """How the specialist is to behave."""
    scope: Scope = field(default_factory=default_scope)
    """What may be read for this reply."""
    recall_tokens: int = 0
    """The budget of the settings for recalled passages; 0: that of the style."""
    before: Sequence[Message] = ()
    """The thread that the words follow, oldest first."""
    found: Sequence[Passage] = ()
    """What was recalled, best first."""
    recalled: list[Passage] = field(default_factory=list)
    """What the model that was asked last gets of it."""
    open_artifact: str = ""
    """What the artifact that is open has in it."""
    files: ReplyFiles = field(default_factory=ReplyFiles)
    """Attached files that it may know of."""
    quoted: list[QuotedPart] = field(default_factory=list)
    """What the model that was asked last gets of them."""
    saw_pictures: bool = True
    """Whether the model that was asked last got the pictures."""

    def style(self, info: ModelInfo) -> PromptStyle:
        """Return the style of prompts for a model."""
        has_files = bool(self.files.quoted)
        style = style_for(info.size, info.context_tokens, with_files=has_files)
        if info.context_tokens >= WIDE_CONTEXT_TOKENS and asks_for_several(self.words):
            style = style.with_several_passages()
        return style.with_recall(self.recall_tokens) if self.recall_tokens else style

    def recent(self, info: ModelInfo) -> Sequence[Message]:
        """Return the part of the thread that a model gets."""
        return window(self.before, self.style(info).recent_tokens)

    def _instructions(self, info: ModelInfo) -> str | None:
        """Return the skill and what is asked besides; of a long skill, a small model gets less."""
        skill = self.skill
        if info.size == "small" or estimate_tokens(skill) > info.context_tokens / 4:
            skill = skill.partition("\n\n")[0]
        return "\n\n".join(filter(None, (skill, self.instructions))) or None

    def build(self, info: ModelInfo) -> dict[str, Any]:
        """Return the OpenAI-shaped body for a model."""
        style = self.style(info)
        profile = load_profile(self.facts, style, self.now, self.scope)
        self.recalled = select_recalled(style, self.found)
        self.quoted = quoted_for(self.files, style)
        self.saw_pictures = sees(info)
        words = with_names(self.words, self.files.own, info)
        messages = build_prompt(
            style,
            recent=[name_files(each, self.files, info) for each in self.recent(info)],
            recalled=self.recalled,
            words=words,
            now=self.now,
            profile=profile.text,
            name=profile.name,
            instructions=self._instructions(info),
        )
        return {
            "messages": add_files(
                add_open_artifact(messages, self.open_artifact, style, info, words),
                self.files,
                style,
                info,
                words,
            ),
            "max_tokens": style.reply_tokens,
            **style.sampling,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
