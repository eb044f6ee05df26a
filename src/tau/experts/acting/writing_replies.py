"""What the writing specialist says of what it did: fixed texts in English and Chinese. Pure."""

from collections.abc import Sequence
from typing import Literal

from tau.experts.acting.plan_questions import day_of
from tau.experts.writing.findings import TextFinding
from tau.experts.writing.templates import DocumentTemplate, FilledSlot

Language = Literal["en", "zh"]
PRIVATE = {
    "en": "Nothing of a private conversation is kept, so I begin and change no document here. Ask"
    " me for it in another conversation; here I only answer questions.",
    "zh": "私密对话不保存任何内容，所以我在这里不写也不改文稿。请在普通对话里让我写；"
    "这里我只回答问题。",
}
WRITING = {"en": "Writing…", "zh": "正在写……"}
CHECKING = {"en": "Checking…", "zh": "正在检查……"}
NOT_CAPABLE = {
    "en": "The built-in model can't write or rewrite well: connect a stronger one in Settings,"
    " Models, or change the text yourself. Say “check it”, and I mark what I find.",
    "zh": "内置模型写作和改写的能力不够：可以在“设置 > 模型”里接入更强的模型，或自己修改。"
    "说“检查一下”，我会标出发现的问题。",
}
FAILED = {
    "en": "The model couldn't propose anything this time. Say it again to have it try once more.",
    "zh": "模型这次没能给出修改建议。再说一次，我会让它重试。",
}
CLEAN = {"en": "I found nothing to change.", "zh": "没有发现需要修改的地方。"}
_BEGUN = {"en": "I've begun a document: {title}.", "zh": "已经起草：{title}。"}
_PROPOSED = {
    "en": "{model} proposes {count}. Accept or reject each beside the talk.",
    "zh": "{model} 提出了{count}处修改，请在旁边逐条接受或拒绝。",
}
_NOTHING = {"en": "{model} proposes no changes.", "zh": "{model} 没有提出修改。"}
_FOUND = {
    "en": "I propose {count}. Accept or reject each beside the talk.",
    "zh": "我提出了{count}处修改，请在旁边逐条接受或拒绝。",
}
_MOST_LISTED = 8


def begun(
    template: DocumentTemplate, title: str, filled: Sequence[FilledSlot], language: Language
) -> str:
    """Return what is said of a new document: what fills it, from which day, and what is blank."""
    known = [
        _source(template, one, language) for one in filled if one.fact and one.said_on is not None
    ]
    names = {one.slot for one in filled}
    blank = [slot.label for name, slot in template.slots.items() if name not in names]
    parts = [_BEGUN[language].format(title=title)]
    if language == "zh":
        parts += [f"按你说过的填好了：{'；'.join(known)}。"] if known else []
        parts += [f"还空着：{'、'.join(blank)}。"] if blank else []
        return "".join(parts)
    parts += [f"From what you said before: {'; '.join(known)}."] if known else []
    parts += [f"Still blank: {', '.join(blank)}."] if blank else []
    return " ".join(parts)


def proposed(model: str, count: int, language: Language) -> str:
    """Return what is said of the changes that a model proposes."""
    form = _PROPOSED if count else _NOTHING
    return form[language].format(model=model, count=_changes(count, language))


def checked(found: Sequence[TextFinding], count: int, unchecked: str, language: Language) -> str:
    """Return what checks found: `count` proposed changes, and what only the person can change."""
    parts = [_FOUND[language].format(count=_changes(count, language))] if count else []
    open_ends = list(dict.fromkeys(one.message for one in found if not one.replacements))
    lines = [f"- {message}" for message in open_ends[:_MOST_LISTED]]
    if lines:
        parts.append("\n".join(["还要请你看看：" if language == "zh" else "For you:", *lines]))
    if unchecked:
        parts.append(unchecked)
    return "\n\n".join(parts) or CLEAN[language]


def _changes(count: int, language: Language) -> str:
    if language == "zh":
        return str(count)
    return f"{count} change{'' if count == 1 else 's'}"


def _source(template: DocumentTemplate, one: FilledSlot, language: Language) -> str:
    slot = template.slots[one.slot]
    day = day_of(one.said_on or 0.0, language)
    return f"{slot.label}：{one.value}（{day}）" if language == "zh" else f"{slot.label} ({day})"
