"""Items: what a grader can name of an example."""

from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.graders.grade import Sample
from tau.studio.graders.items import EXAMPLE_NAMES, item_of
from tau.studio.graders.templates import render

EXAMPLE = Example(
    id="1",
    messages=(
        ExampleMessage("system", "Be brief."),
        ExampleMessage("user", "Hello?"),
        ExampleMessage("assistant", "Hi."),
        ExampleMessage("user", "Where is it?"),
        ExampleMessage("assistant", "There."),
    ),
    fields={"Ticket": "T-1", "answer": "from a column"},
)


def test_an_item_has_what_the_example_says_and_its_columns() -> None:
    template = "{{item.instructions}} {{item.input}} {{item.answer}} {{item.Ticket}}"
    assert render(template, item_of(EXAMPLE), Sample("")) == "Be brief. Where is it? There. T-1"
    assert set(EXAMPLE_NAMES) <= item_of(EXAMPLE).keys()


def test_the_messages_of_an_item_leave_the_answer_out() -> None:
    item = item_of(EXAMPLE)
    assert render("{{item.messages[2].content}}", item, Sample("")) == "Hi."
    assert len(item["messages"]) == 4
