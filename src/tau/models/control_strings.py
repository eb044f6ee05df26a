"""Control strings of chat templates, broken in requests.

A chat template joins the messages of a request into one text, in which strings such as
`<|im_end|>` or `[INST]` separate the roles. The same string in a message would end that message and
begin another, so that a quoted text could speak as the system. A space after its first character
turns it into ordinary text. Only the request changes, never what is stored or shown.

The strings are those of the families whose templates are in use: ChatML (Qwen, SmolLM, Yi), Llama 2
and 3, Mistral, Gemma, Phi, Command-R, DeepSeek, GLM, gpt-oss, EXAONE, Granite, MiniCPM and others.
Templates whose roles are plain words (Vicuna's `USER:`) can't be protected this way.
"""

import re
from typing import Any

_READ = ("messages", "tools", "functions", "documents", "chat_template_kwargs", "response_format")
"""Fields of a chat request that reach a template."""
_BRACKETED = (
    r"INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|ARGS|CALL_ID|IMG"
    r"|IMG_BREAK|IMG_END|PREFIX|MIDDLE|SUFFIX|THINK|AUDIO|BEGIN_AUDIO|TRANSCRIBE|MODEL_SETTINGS"
    r"|gMASK|sMASK|MASK|unused\d{1,4}"
)
_ANGLED = (
    r"s|bos|eos|pad|unk|eot|sop|eop|start_of_turn|end_of_turn|start_of_image|end_of_image"
    r"|BOS_TOKEN|EOS_TOKEN|PAD_TOKEN|beginning_of_sentence|end_of_sentence|startoftext|endoftext"
    r"|seed:\w{1,24}|unused_?\d{1,4}|reserved_\d{1,4}|TOKENS_UNUSED_\d{1,4}|extra_id_\d{1,3}"
    r"|repo_name|reponame|file_sep|filename|gh_stars|issue_start|issue_comment|issue_closed"
    r"|jupyter_start|jupyter_text|jupyter_code|jupyter_output|jupyter_script|empty_output"
    r"|role|AI|用户|end_of_utterance|fake_token_around_image"
    r"|fim_prefix|fim_middle|fim_suffix|fim_pad"
)
_TURNS = re.compile(
    r"<[|｜][^\s<>|｜]{1,64}[|｜]?>"  # <|im_end|>, DeepSeek's <｜User｜>, Gemma 4's <|turn>
    r"|<[|｜][A-Za-z]{1,16} [A-Za-z ]{1,32}[|｜]>"  # <|end of turn|>
    r"|<\w{1,32}[|｜]>"  # Gemma 4's <turn|>
    r"|<</?SYS>>"
    rf"|</?(?:{_ANGLED})>"
    rf"|\[/?(?:{_BRACKETED})\]"
    r"|\[\|/?\w{1,32}\|\]"  # EXAONE's [|system|]
    r"|\]~!?b[\[\]]|\[e~\[",  # MiniMax
)
_MARKUP = re.compile(r"</?(?:think|thinking|tool_call|tool_response|tool_result|tools|function)>")
"""Frames of thoughts and tools. In an answer that a client sends back they're the model's own."""
_OWN_FRAMES = "assistant"


def break_control_strings(body: dict[str, Any]) -> dict[str, Any]:
    """Return a chat request in which no text that its sender wrote is a control string."""
    changed = {name: _broken(body[name], frames=True) for name in _READ if name in body}
    if isinstance(body.get("messages"), list):
        changed["messages"] = [_broken_message(each) for each in body["messages"]]
    return {**body, **changed}


def break_text(text: str, *, frames: bool = True) -> str:
    """Return `text` with a space in each control string; with `frames`, in `<think>` and so on."""
    if "<" not in text and "[" not in text and "]~" not in text:
        return text
    text = _TURNS.sub(_with_space, text)
    return _MARKUP.sub(_with_space, text) if frames else text


def _broken_message(message: Any) -> Any:
    frames = not (isinstance(message, dict) and message.get("role") == _OWN_FRAMES)
    return _broken(message, frames=frames)


def _broken(value: Any, *, frames: bool) -> Any:
    if isinstance(value, str):
        return break_text(value, frames=frames)
    if isinstance(value, list):
        return [_broken(each, frames=frames) for each in value]
    if isinstance(value, dict):
        return {
            _broken(name, frames=frames): _broken(each, frames=frames)
            for name, each in value.items()
        }
    return value


def _with_space(found: re.Match[str]) -> str:
    return f"{found[0][0]} {found[0][1:]}"
