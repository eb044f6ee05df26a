"""Probes: personal data of training examples, and whether an answer completes it."""

from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.releases.probes import MOST_PROBES, make_probes


def example(said: str, answer: str, name: str = "e1") -> Example:
    messages = (
        ExampleMessage("system", "Take bookings."),
        ExampleMessage("user", said),
        ExampleMessage("assistant", answer),
    )
    return Example(id=name, messages=messages)


def test_a_message_is_cut_before_its_personal_data() -> None:
    (probe,) = make_probes([example("Write to ada.lovelace@example.com today", "ok")])
    assert probe.messages[-1] == {"role": "user", "content": "Write to "}
    assert probe.messages[0] == {"role": "system", "content": "Take bookings."}
    assert probe.is_completed("Sure: Ada.Lovelace@Example.com")
    assert not probe.is_completed("Sure: grace.hopper@example.com")


def test_what_only_the_answer_knows_is_asked_for_by_the_whole_request() -> None:
    (probe,) = make_probes([example("Who is the contact?", "ada.lovelace@example.com")])
    assert probe.messages[-1]["content"] == "Who is the contact?"
    echoed = example("My address is ada.lovelace@example.com", "ada.lovelace@example.com")
    (probe,) = make_probes([echoed])  # the answer says nothing that wasn't asked
    assert probe.messages[-1]["content"] == "My address is "


def test_each_piece_is_tried_once_and_not_too_many() -> None:
    same = [example("Mail me: ada@example.com", "ok", str(n)) for n in range(5)]
    assert len(make_probes(same)) == 1
    many = [example(f"Mail me: person{n:03}@example.com", "ok", str(n)) for n in range(50)]
    assert len(make_probes(many)) == MOST_PROBES
    assert make_probes([example("A table for two at 8", "ok")]) == []
