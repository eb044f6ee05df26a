"""Examples for tests."""

from tau.studio.examples.example import Example, ExampleMessage, ExampleSource

SOURCE = ExampleSource(id="desk", name="desk.jsonl")


def example(number: int, answer: str = "yes", source: str = "desk") -> Example:
    """Return an example whose words contain its number."""
    return Example(
        id=f"{source}-{number}",
        messages=(
            ExampleMessage("system", "Answer with one word."),
            ExampleMessage("user", f"Is question{number:05} clear?"),
            ExampleMessage("assistant", f"{answer}{number:05}"),
        ),
        source=source,
        line=number,
    )


def examples(count: int, source: str = "desk") -> list[Example]:
    return [example(number, source=source) for number in range(1, count + 1)]
