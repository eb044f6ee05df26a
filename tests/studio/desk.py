"""A task that a classifier can do: a message, and the desk that answers it."""

import json

_WORDS = {
    "refunds": ("refund", "money back", "returned", "reimburse"),
    "deliveries": ("parcel", "delivery", "courier", "tracking"),
    "accounts": ("password", "login", "account", "username"),
}
_FORMS = (
    "Hello, a question about my {0}",
    "what happened to the {0} of yesterday",
    "I need help with {0} please",
    "number {1}: my {0} is wrong",
    "is there a {0} on sunday, case {1}",
)


def requests(count: int) -> list[tuple[str, str]]:
    """Return messages with their desks, all different."""
    made = []
    for number in range(count):
        desk = list(_WORDS)[number % len(_WORDS)]
        word = _WORDS[desk][number // 3 % 4]
        made.append((_FORMS[number // 12 % 5].format(word, number) + f" {number}", desk))
    return made


def as_lines(made: list[tuple[str, str]]) -> bytes:
    """Return them as JSON Lines in OpenAI's chat shape."""
    return b"\n".join(
        json.dumps(
            {
                "messages": [
                    {"role": "system", "content": "Name the desk."},
                    {"role": "user", "content": message},
                    {"role": "assistant", "content": desk},
                ]
            }
        ).encode()
        for message, desk in made
    )


def as_table(made: list[tuple[str, str]]) -> bytes:
    """Return them as a table in text."""
    rows = ["message,desk", *(f'"{message}",{desk}' for message, desk in made)]
    return "\n".join(rows).encode()
