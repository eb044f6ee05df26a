"""Requests about projects of the studio."""

from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from tau.server.requests.fields import Id, NonEmptyText, QueryText, RequestBody, ShortText
from tau.studio.examples.example import ExampleTrust
from tau.studio.examples.read_context import ReadOptions

_Method = Literal["baseline", "prompt", "nearest", "optimized", "classifier", "tuned", "strong"]
_Ids = Annotated[list[Id], Field(min_length=1, max_length=10_000)]


class ProjectRequest(RequestBody):
    """The name of a project."""

    name: ShortText


class ExampleMessageIn(RequestBody):
    """One message of an example."""

    role: Literal["system", "user", "assistant"]
    content: NonEmptyText
    weight: Literal[0, 1] = 1


class EditExampleRequest(RequestBody):
    """The new messages of an example; the last one is the assistant's."""

    messages: Annotated[list[ExampleMessageIn], Field(min_length=1, max_length=200)]


class ListExamplesQuery(RequestBody):
    """Which examples are listed: those that are all of it; without any, all of them."""

    only: Literal["all", "train", "test", "left out", "waiting"] = "all"
    id: Annotated[list[Id] | None, Field(max_length=200)] = None
    source: Annotated[str | None, Field(max_length=128)] = None
    q: Annotated[str, Field(max_length=200)] = ""
    """Words that they contain."""
    after: Annotated[str | None, Field(max_length=128)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class AddExamplesQuery(RequestBody):
    """What is said about a file of examples: its name, how to read it, and where it comes from.

    Of a table, the columns `input` and `output` are read, from the first sheet or from `sheet`.
    `instructions` become the system message of examples that have none.
    """

    name: ShortText = "examples"
    input: Annotated[str, Field(max_length=200)] = "input"
    output: Annotated[str, Field(max_length=200)] = "output"
    sheet: Annotated[str, Field(max_length=200)] = ""
    instructions: QueryText = ""
    licence: Annotated[str, Field(max_length=200)] = ""
    trust: ExampleTrust = "own"

    def options(self) -> ReadOptions:
        """Return them as the studio takes them."""
        return ReadOptions(
            input_column=self.input,
            output_column=self.output,
            sheet=self.sheet,
            instructions=self.instructions,
            licence=self.licence,
            trust=self.trust,
        )


class DecideExamplesRequest(RequestBody):
    """What becomes of examples in which a check found something."""

    examples: _Ids
    decision: Literal["keep", "leave out"]


class WithdrawExamplesRequest(RequestBody):
    """Examples to erase for good."""

    examples: _Ids


class FreezeTestRequest(RequestBody):
    """What to put aside as the test: all examples of `source`, or as many as `count`.

    Without either, Tau chooses how many.
    """

    source: Id | None = None
    count: Annotated[int | None, Field(ge=1, le=100_000)] = None
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 0


class ChooseGraderRequest(RequestBody):
    """A grader in OpenAI's shape."""

    grader: dict[str, Any]


class CompareRequest(RequestBody):
    """Which methods to compare.

    `model` answers the prompts, by its name or alias. Without `methods`, all that apply are tried.
    `tuned` are the names of models that the studio made, by default the project's newest; they and
    the others then answer the whole test.
    """

    model: Annotated[str | None, Field(max_length=200)] = None
    methods: Annotated[
        list[_Method] | None,
        Field(max_length=len(get_args(_Method))),
    ] = None
    tuned: Annotated[list[Annotated[str, Field(max_length=128)]], Field(max_length=5)] = Field(
        default_factory=list
    )
