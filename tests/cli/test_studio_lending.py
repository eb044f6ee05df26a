"""`tau studio lend`, `lent` and `withdraw-lent`, as somebody types them."""

import pytest

from .conftest import Command

pytestmark = pytest.mark.slow  # these open a Tau of their own


def test_a_conversation_is_shown_lent_and_taken_back(tau: Command) -> None:
    assert tau("ask", "My number is +44 20 7946 0958").exit_code == 0
    conversation = tau("conversations", "list").stdout.split("\t")[0].strip()
    tau("studio", "new", "desk")
    asked = tau("studio", "lend", "desk", conversation, said="n\n")
    assert asked.exit_code == 1, asked.stderr
    assert "user: My number is [phone]" in asked.stdout
    assert "Nothing was lent" in asked.stderr
    assert "0 examples" in tau("studio", "show", "desk").stdout
    lent = tau("studio", "lend", "desk", conversation, "--yes")
    assert "1 examples are new in the project." in lent.stdout
    listed = tau("studio", "lent").stdout
    assert conversation in listed
    assert "desk" in listed
    assert "taken back" not in listed
    assert "1 examples were erased" in tau("studio", "withdraw-lent", "desk", conversation).stdout
    assert "0 examples" in tau("studio", "show", "desk").stdout
    assert tau("studio", "withdraw-lent", "desk", conversation).exit_code == 1
