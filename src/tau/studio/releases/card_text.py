"""A model card as Markdown. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime

from tau.studio.phrases import percent
from tau.studio.releases.model_card import CardTraining, ModelCard

_MEGABYTE = 1_000_000


def card_markdown(card: ModelCard) -> str:
    """Return a model card as Markdown."""
    return "\n".join(
        [
            f"# {card.name}",
            "",
            *_about(card),
            *_data(card),
            *(_training(card.training) if card.training else ()),
            *_figures(card),
            *_gate(card),
            *_releases(card),
            "## Limits",
            "",
            *(f"- {each}" for each in card.limits),
            "",
        ]
    )


def _about(card: ModelCard) -> Iterator[str]:
    kinds = {"adapter": "adapter (LoRA)", "classifier": "classifier", "prompt": "prompt"}
    yield f"- Kind: {kinds[card.kind]}, made on {_day(card.made_at)}"
    yield f"- Base: {card.base}, licence {card.base_licence or 'unknown'}"
    if card.base_sha256:
        yield f"- SHA-256 of the base: `{card.base_sha256}`"
    yield f"- SHA-256 of the content: `{card.content_sha256}`"
    yield f"- Project: {_plain(card.project)}"
    yield ""


def _data(card: ModelCard) -> Iterator[str]:
    yield "## Data"
    yield ""
    yield f"It learned from {card.examples} examples."
    if card.withdrawn:
        yield f"**{card.withdrawn} of them were withdrawn since.**"
    yield ""
    if card.sources:
        yield "| source | examples | licence | trust |"
        yield "|---|---|---|---|"
        for each in card.sources:
            licence = _plain(each.licence) or "not stated"
            yield f"| {_plain(each.name)} | {each.examples} | {licence} | {each.trust} |"
        yield ""


def _training(training: CardTraining) -> Iterator[str]:
    yield "## Training"
    yield ""
    yield f"- Run: `{training.run_sha256}`, seed {training.seed}"
    for name, value in {**training.method, **training.adapter}.items():
        yield f"- {name.replace('_', ' ')}: {value}"
    yield f"- {training.precision} on {training.device or 'an unknown device'}"
    yield f"- {training.trained_tokens:,} tokens trained on"
    if training.validation_loss is not None:
        yield f"- Validation loss: {training.validation_loss:.3f}"
    yield f"- Time: {training.seconds:.0f} s, estimated {training.estimated_seconds:.0f} s"
    yield (
        f"- Memory: {training.memory_bytes / _MEGABYTE:,.0f} MB, estimated "
        f"{training.estimated_memory_bytes / _MEGABYTE:,.0f} MB"
    )
    yield ""


def _figures(card: ModelCard) -> Iterator[str]:
    yield "## Figures"
    yield ""
    if not card.figures:
        yield "It hasn't been compared on the frozen test."
        yield ""
        return
    yield f"On the frozen test of {card.test_examples} examples (`{card.test_sha256}`), with 95 %"
    yield "confidence intervals:"
    yield ""
    yield "| method | right | from | to | seconds |"
    yield "|---|---|---|---|---|"
    for each in card.figures:
        bounds = " | ".join(map(percent, (each.passed.value, each.passed.low, each.passed.high)))
        yield f"| {each.method} | {bounds} | {each.seconds_per_answer:.2f} |"
    yield ""
    if card.parity:
        yield "On the engine that serves it:"
        yield ""
        yield from (
            f"- {name.replace('_', ' ')}: {value:.4g}" for name, value in card.parity.items()
        )
        yield ""


def _gate(card: ModelCard) -> Iterator[str]:
    yield "## Gate"
    yield ""
    yield "| condition | holds | figure | |"
    yield "|---|---|---|---|"
    for each in card.gate:
        holds = "yes" if each.passed else "**no**"
        yield f"| {each.kind} | {holds} | {each.figure} | {each.sentence} |"
    yield ""


def _releases(card: ModelCard) -> Iterator[str]:
    yield "## Releases"
    yield ""
    if not card.releases:
        yield "It isn't released."
    for each in card.releases:
        share = f" ({each.share} % of the callers)" if each.share else ""
        reason = f": {_plain(each.reason)}" if each.reason else ""
        yield f"- {_day(each.at)} as `{each.alias}`: {each.standing}{share}{reason}"
    yield ""


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def _plain(text: str) -> str:
    """Return a text of a person's in which nothing is Markdown."""
    return "".join(f"\\{each}" if each in "\\`*_[]<>|#" else each for each in text)
