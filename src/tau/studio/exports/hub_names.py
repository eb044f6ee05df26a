"""Names of bases as other training programs know them: the repositories of their weights."""

HUB_NAMES = {
    "smollm2-135m-instruct": "HuggingFaceTB/SmolLM2-135M-Instruct",
    "qwen2.5-coder-1.5b-instruct": "Qwen/Qwen2.5-Coder-1.5B-Instruct",
}
_TEMPLATES = {"smollm2": "smollm2", "qwen2": "qwen", "qwen3": "qwen3", "llama-3": "llama3"}


def hub_name(base: str) -> tuple[str, tuple[str, ...]]:
    """Return the name of a base elsewhere; with a note if it isn't known."""
    if base in HUB_NAMES:
        return HUB_NAMES[base], ()
    note = f"Put in where the weights of {base or 'your base'} are: Tau only knows its GGUF file."
    return base, (note,)


def template_name(base: str) -> str:
    """Return LLaMA-Factory's name of a base's chat template; `default` if it isn't known."""
    return next((name for start, name in _TEMPLATES.items() if base.startswith(start)), "default")
