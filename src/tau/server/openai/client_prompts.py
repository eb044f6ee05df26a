"""Prompts that chat clients write themselves, not the person.

For a title, tags, follow-up questions, a summary or a completion of what is being typed, clients
send a prompt of their own under the person's key. A model answers it, and nothing of it is kept.
Other prompts wrap the person's question in documents that were found for it: the question is what
the person says, the rest are instructions.

A prompt is recognised by what such clients have in common: it orders a small work on a
conversation, and two more signs say in which form the result has to come, or hold the conversation.
One of these alone may be the person's own question.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MAX_END_CHARACTERS = 1_500
"""How much of the beginning and of the end of a prompt is read: between is the conversation."""

_OBJECT = (
    r"(?:titles?|names?|topics?|subjects?|headlines?|tags?|labels?|keywords?|emojis?"
    r"|follow[- ]?ups?|summary|summar(?:y|ies)|search quer(?:y|ies)|quer(?:y|ies)|prompts?"
    r"|phrase|suggestions?|(?:next |relevant |short )?questions?|repl(?:y|ies))"
)
_SOURCE = (
    r"(?:chats?|conversations?|discussions?|dialogues?|threads?|chat history|messages?"
    r"|(?:previous|user'?s?|following|first) (?:query|request|question|message|prompt)s?)"
)
_VERB = (
    r"(?:generate|create|write|provide|suggest|give|make|produce|come up with|summari[sz]e|propose"
    r"|return|extract|condense|name|title|label|tag|rephrase|analy[sz]e|categori[sz]e|list)"
)
_WORKS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"\b{_VERB}\b.{{0,120}}\b{_OBJECT}\b.{{0,160}}\b{_SOURCE}\b",
        rf"\b{_SOURCE}\b.{{0,160}}\b{_VERB}\b.{{0,120}}\b{_OBJECT}\b",
        (
            rf"\b(?:summari[sz]e|name|title) (?:the|this|our|my|following|user'?s?)\b.{{0,80}}"
            rf"\b{_SOURCE}\b"
        ),
        r"\b(?:you are|act as|as) an? .{0,60}\b(?:autocomplet|title|summari[sz]|tagging|naming)",
        r"\bwhat would be an? .{0,40}\btitle for this (?:chat|conversation)\b",
        r"\bsummari[sz]e in an? \d+-word title\b",
        r"(?:总结|概括|生成|起|取|命名|提取|给出|返回|建议|写).{0,60}(?:标题|主题|题目|标签|名称|名字|关键词|追问|摘要|上下文提示)",
        r"(?:会话|对话|聊天|聊天记录|这句话).{0,60}(?:标题|主题|题目|标签|名称|摘要|追问)",
        r"(?:总结|概括)(?:一下)?.{0,20}(?:会话|对话|聊天)(?:内容|记录)?",
    )
)
_UNMISTAKABLE = re.compile(
    r"\byou are an auto-?complet|\breflect the speaker's likely facial expression\b"
    r"|\bset of responses from various models to the latest user query\b"
    r"|\bto use as a prompt for future context\b|用作后续的上下文提示"
    r"|\brephrase the (?:follow[- ]?up|last|latest) .{0,80}\bstandalone\b"
    r"|\bnever answer a user's question directly\b"
    r"|\bchoose and return the correct tool|<type>.{0,80}</type>\s*<text>",
    re.IGNORECASE | re.DOTALL,
)
"""What nobody but such a client writes."""
_FORMS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            r"\b(?:only|just) (?:return |respond with |output |provide |give |reply with |write )?"
            r"(?:the |a )?(?:title|name|json|emoji|tags?|summary|phrase|text|topic|list)\b"
        ),
        r"\b(?:return|respond|reply|answer|output)(?: strictly)?(?: with)? (?:only|just)\b",
        r"\bstrictly answer with only\b|\bnothing else\b|\bnothing but\b|\btitle only\b",
        r"\bJSON (?:format|object|array)\b|[{]\s*\"(?:title|tags|follow_ups|queries|text|prompt)\"",
        (
            r"\b(?:no|without|avoid|omit(?:ting)?|not use)\b[^.\n]{0,60}"
            r"\b(?:quotes?|quotation|punctuation|preamble|formatting|explanation|lead-in|prefix)"
        ),
        (
            r"\b(?:\d+|one|two|three|four|five|six|seven|ten|few)"
            r"(?:\s?(?:-|–|to|or)\s?(?:\d+|two|three|four|five|six|seven|ten))?"
            r"[- ](?:words?|characters?)\b"
        ),
        r"不要(?:解释|标点|语气词|加|使用|多余)|不(?:需要|加)标点",
        r"(?:只|仅|直接)(?:需|需要)?(?:返回|输出|给出|回复)",
        r"\d+\s*个?字(?:以内|之内|左右)|[三四五六七八十]到[四五六七八十]个字",
    )
)
_TRANSCRIPT = re.compile(
    r"<(?:chat_history|conversation|chat|messages?|text|history|transcript|query)>"
    r"|^#{0,4} ?(?:chat )?(?:history|conversation)\s*:"
    r"|^\W{0,4}(?:user|human|ai|assistant|model|用户|助手)\W{0,3}[:：]"
    r"|\b(?:here is the (?:query|conversation)|here's the conversation|the conversation)\s*:"
    r"|\"role\"\s*:\s*\"(?:user|assistant)\"|\|\|>"
    r"|\"\"\"",
    re.IGNORECASE | re.MULTILINE,
)
_MARKED = re.compile(r"\A\s*#{2,4} Task:\s*\n", re.IGNORECASE)

_QUESTION = re.compile(r"<user_query>\s*(.*?)\s*</user_query>", re.DOTALL)
_CONTEXT = re.compile(
    r"\A\s*(?:#{2,4} Task:\s*\n)?.{0,80}?\brespond to the user query using the provided context\b"
    r".*</context>",
    re.IGNORECASE | re.DOTALL,
)
"""The beginning of Open WebUI's prompt around a question and the documents found for it."""


@dataclass(frozen=True, slots=True)
class WrappedQuestion:
    """A question of the person's, and the whole prompt that a client made of it."""

    question: str
    prompt: str


def is_task(words: str, instructions: Sequence[str] = ()) -> bool:
    """Return whether the last message of a request is a client's own prompt.

    `instructions` are the request's system messages: some clients write the work there and send the
    conversation as the person's message.
    """
    if unwrap_question(words) is not None:
        return False
    if any(map(_UNMISTAKABLE.search, (*_ends(words), *instructions))) or _is_order(words, words):
        return True
    return bool(_TRANSCRIPT.search(words)) and any(_is_order(each, words) for each in instructions)


def unwrap_question(words: str) -> WrappedQuestion | None:
    """Return the person's question in a prompt with documents, if it's one."""
    context = _CONTEXT.match(words)
    if context is None:
        return None
    asked = _QUESTION.search(words, context.end())
    question = asked[1] if asked else words[context.end() :].strip()
    return WrappedQuestion(question, words) if question else None


def _is_order(text: str, words: str) -> bool:
    """Return whether `text` orders a work on a conversation, perhaps one that `words` hold."""
    has_transcript = bool(_TRANSCRIPT.search(words))
    if _MARKED.match(text) and has_transcript:
        return True
    ends = _ends(text)
    if not any(work.search(end) for work in _WORKS for end in ends):
        return False
    forms = sum(any(map(form.search, ends)) for form in _FORMS)
    return forms + has_transcript >= 2


def _ends(text: str) -> tuple[str, str]:
    return text[:_MAX_END_CHARACTERS], text[-_MAX_END_CHARACTERS:]
