"""Comparisons: the same frozen test for all, what is skipped and why, failures, cancellation."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec
import pytest

from tau.errors import ModelUnavailable
from tau.studio.examples.example import Example
from tau.studio.graders.grade import Grade
from tau.studio.methods.baseline import BaselineMethod
from tau.studio.methods.classifier import ClassifierMethod
from tau.studio.methods.comparison import ComparisonInput, compare
from tau.studio.methods.embedder import ExampleEmbedder
from tau.studio.methods.method import Answer, Method, UnavailableMethod
from tau.studio.results import ComparisonResult, MethodKind
from tau.studio.statistics import smallest_detectable_difference, wilson_interval

from .scripted_models import EMBEDDER, ScriptedModels, example, grade_exactly, routing

pytestmark = pytest.mark.anyio


class PlannedMethod:
    """Answers as a function says. Implements `Method`."""

    model = "planned"

    def __init__(
        self,
        kind: MethodKind,
        plan: Callable[[int], str],
        *,
        refusal: str | None = None,
        concurrency: int = 1,
    ) -> None:
        self.name = kind
        self.kind = kind
        self.concurrency = concurrency
        self.asked: list[int] = []
        self.trained: Sequence[Example] | None = None
        self._plan = plan
        self._refusal = refusal

    async def prepare(self, train: Sequence[Example]) -> str | None:
        self.trained = train
        return self._refusal

    async def answer(self, example: Example) -> Answer:
        number = int(example.id)
        self.asked.append(number)
        return Answer(self._plan(number), tokens=10)


TRAIN = [example(f"train {n}", "right", name=f"t{n}") for n in range(60)]
TEST = [example(f"question {n}", "right", name=str(n)) for n in range(100)]
GIVEN = ComparisonInput(train=TRAIN, test=TEST, test_sha256="abc")


def right_below(limit: int) -> Callable[[int], str]:
    return lambda number: "right" if number < limit else "wrong"


async def compared(*methods: Method, run_all: bool = False) -> ComparisonResult:
    return await compare(methods, GIVEN, grade_exactly, run_all=run_all)


async def test_every_method_answers_the_whole_test_and_is_graded() -> None:
    methods = PlannedMethod("baseline", right_below(10)), PlannedMethod("prompt", right_below(49))
    compared_ = await compared(*methods)
    assert compared_.test_sha256 == "abc"
    assert (compared_.train_count, compared_.test_count) == (60, 100)
    assert compared_.detectable == smallest_detectable_difference(100)
    for method, result in zip(methods, compared_.methods, strict=True):
        assert method.trained is TRAIN
        assert sorted(method.asked) == list(range(100))
        assert [each.example for each in result.answers] == [each.id for each in TEST]
    prompt = compared_.methods[1]
    assert prompt.passed == wilson_interval(49, 100)
    assert (prompt.score, prompt.tokens_per_answer, prompt.model) == (0.49, 10, "planned")
    assert prompt.against_baseline is not None
    assert (prompt.against_baseline.gained, prompt.against_baseline.lost) == (39, 0)
    assert compared_.verdict.kind == "train"


async def test_examples_are_asked_in_an_order_of_their_own_that_repeats() -> None:
    first, second = PlannedMethod("prompt", right_below(50)), PlannedMethod("prompt", str)
    await compared(first)
    await compared(second)
    assert first.asked == second.asked != list(range(100))


async def test_partial_scores_are_averaged() -> None:
    async def half(given: Example, answer: str) -> Grade:
        return Grade(score=0.5)

    compared_ = await compare([PlannedMethod("prompt", str)], GIVEN, half)
    assert compared_.methods[0].score == 0.5
    assert compared_.methods[0].passed == wilson_interval(0, 100)


async def test_nothing_more_is_tried_where_the_test_could_not_show_a_gain() -> None:
    prompt = PlannedMethod("prompt", right_below(100))
    compared_ = await compared(
        PlannedMethod("baseline", right_below(8)),
        PlannedMethod("classifier", right_below(96)),
        prompt,
    )
    assert prompt.trained is None, "it costs nothing"
    assert compared_.methods[2].passed is None
    assert compared_.methods[2].skipped == (
        "Not tried: the classifier is right 96 % of the time. That leaves 4 points to gain, and "
        "this test can only show differences of 12.4 points or more."
    )
    assert compared_.verdict.kind == "classifier is enough"


async def test_all_methods_run_on_request() -> None:
    prompt = PlannedMethod("prompt", right_below(0))
    compared_ = await compared(PlannedMethod("classifier", right_below(96)), prompt, run_all=True)
    assert len(prompt.asked) == 100
    assert compared_.methods[1].passed is not None


async def test_a_frequent_answer_is_no_reason_to_leave_out_the_others() -> None:
    prompt = PlannedMethod("prompt", right_below(100))
    await compared(PlannedMethod("baseline", right_below(97)), prompt)
    assert len(prompt.asked) == 100
    hopeless = PlannedMethod("prompt", right_below(0))
    await compared(PlannedMethod("baseline", right_below(97)), hopeless)
    assert len(hopeless.asked) == 100, "people want to see how bad it is"


async def test_a_method_that_is_far_worse_is_stopped_early() -> None:
    hopeless = PlannedMethod("prompt", right_below(0))
    compared_ = await compared(PlannedMethod("classifier", right_below(80)), hopeless)
    stopped = compared_.methods[1]
    assert 10 <= len(hopeless.asked) < 40
    assert stopped.passed is None
    assert stopped.answers == ()
    right = sum(number < 80 for number in hopeless.asked)
    assert stopped.skipped == (
        f"Stopped after {len(hopeless.asked)} of 100 examples: it got 0 right, and the classifier "
        f"{right}."
    )


async def test_a_method_that_is_a_little_worse_is_not_stopped() -> None:
    close = PlannedMethod("prompt", right_below(70))
    compared_ = await compared(PlannedMethod("classifier", right_below(80)), close)
    assert compared_.methods[1].passed is not None


async def test_a_method_that_cannot_be_used_is_skipped_with_its_reason() -> None:
    class Unreachable(PlannedMethod):
        async def prepare(self, train: Sequence[Example]) -> str | None:
            raise ModelUnavailable("The model 'x' can't be reached.")

    refusing = PlannedMethod("classifier", str, refusal="No choice.")
    broken = Unreachable("nearest", str)
    absent = UnavailableMethod("strong", "strong", "There is none.")
    compared_ = await compared(refusing, broken, absent, PlannedMethod("prompt", right_below(3)))
    assert [each.skipped for each in compared_.methods] == [
        "No choice.",
        "The model 'x' can't be reached.",
        "There is none.",
        "",
    ]
    assert refusing.asked == broken.asked == []


def failing(numbers: set[int], limit: int = 100) -> Callable[[int], str]:
    def plan(number: int) -> str:
        if number in numbers:
            raise ModelUnavailable("The model 'planned' can't be reached.")
        return right_below(limit)(number)

    return plan


async def test_an_answer_that_failed_counts_as_wrong_and_says_why() -> None:
    compared_ = await compared(PlannedMethod("prompt", failing({3, 50})))
    (result,) = compared_.methods
    assert result.passed == wilson_interval(98, 100)
    assert [each.example for each in result.answers if each.error] == ["3", "50"]
    assert result.answers[3].error == "The model 'planned' can't be reached."
    assert result.answers[3].answer == ""


async def test_a_method_that_only_fails_is_stopped_with_the_reason() -> None:
    method = PlannedMethod("prompt", failing(set(range(100))))
    compared_ = await compared(method, run_all=True)
    assert len(method.asked) == 5
    assert compared_.methods[0].skipped == (
        "Stopped after 5 of 100 examples, as the last 5 failed: "
        "The model 'planned' can't be reached."
    )


async def test_a_model_that_breaks_down_in_between_is_not_waited_for() -> None:
    order = PlannedMethod("prompt", str)
    await compared(order)
    method = PlannedMethod("prompt", failing(set(order.asked[60:])))
    await compared(method)
    assert len(method.asked) == 65


async def test_an_answer_that_could_not_be_graded_does_not_pass() -> None:
    async def broken(given: Example, answer: str) -> Grade:
        return Grade(
            score=1.0, passed=True, error="The judge didn't answer.", error_kind="model_server"
        )

    compared_ = await compare([PlannedMethod("prompt", str)], GIVEN, broken)
    assert "The judge didn't answer." in compared_.methods[0].skipped

    async def once(given: Example, answer: str) -> Grade:
        return await (broken if given.id == "7" else grade_exactly)(given, answer)

    compared_ = await compare([PlannedMethod("prompt", right_below(100))], GIVEN, once)
    assert compared_.methods[0].passed == wilson_interval(99, 100)
    assert compared_.methods[0].answers[7].error == "The judge didn't answer."


async def test_an_answer_of_the_wrong_form_is_wrong_and_no_failure() -> None:
    """A model that never writes JSON has 0 %; it isn't stopped as if it were out of order."""

    async def unreadable(given: Example, answer: str) -> Grade:
        return Grade(error="The answer isn't JSON.", error_kind="sample_parse")

    compared_ = await compare([PlannedMethod("prompt", str)], GIVEN, unreadable)
    assert compared_.methods[0].passed == wilson_interval(0, 100)
    assert compared_.methods[0].answers[0].error == "The answer isn't JSON."


async def test_progress_is_reported_for_each_method() -> None:
    seen: list[tuple[str, int, int]] = []
    methods = [PlannedMethod("baseline", str), PlannedMethod("prompt", str, concurrency=40)]
    await compare(methods, GIVEN, grade_exactly, progress=lambda *each: seen.append(each))
    assert seen[0] == ("baseline", 0, 100)
    assert seen[100] == ("baseline", 100, 100)
    assert seen[101:] == [("prompt", done, 100) for done in (0, 40, 80, 100)]


async def test_a_method_gets_as_many_examples_at_a_time_as_it_may() -> None:
    class Watched(PlannedMethod):
        running = most = 0

        async def answer(self, example: Example) -> Answer:
            self.running += 1
            self.most = max(self.most, self.running)
            await asyncio.sleep(0)
            self.running -= 1
            return await super().answer(example)

    one, four = Watched("baseline", str), Watched("prompt", str, concurrency=4)
    await compared(one, four)
    assert (one.most, four.most) == (1, 4)


async def test_a_cancelled_comparison_leaves_nothing_running() -> None:
    started, ended = asyncio.Event(), []

    class Endless(PlannedMethod):
        async def answer(self, example: Example) -> Answer:
            started.set()
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                ended.append(example.id)
            return Answer("")

    before = asyncio.all_tasks()
    task = asyncio.create_task(compared(Endless("prompt", str, concurrency=3)))
    await started.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(ended) == 3
    assert asyncio.all_tasks() <= before


async def test_an_empty_test_says_that_it_is_empty() -> None:
    given = msgspec.structs.replace(GIVEN, test=())
    compared_ = await compare([PlannedMethod("prompt", str)], given, grade_exactly)
    assert compared_.verdict.kind == "too few examples"
    assert compared_.methods[0].passed == wilson_interval(0, 0)


async def test_real_methods_agree_that_a_classifier_is_enough() -> None:
    """From messages to the verdict, with the baseline and the classifier as they are."""
    examples = routing(8)
    train, test = (
        examples[:60],
        [
            msgspec.structs.replace(each, id=str(number))
            for number, each in enumerate(examples[60:])
        ],
    )
    given = ComparisonInput(train=train, test=test, test_sha256="abc")
    embedder = ExampleEmbedder(ScriptedModels(), EMBEDDER)
    classifier = ClassifierMethod(embedder)
    compared_ = await compare([BaselineMethod(), classifier], given, grade_exactly)
    assert compared_.verdict.kind == "classifier is enough"
    assert compared_.verdict.method == "classifier"
    assert classifier.fitted is not None
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(compared_), type=ComparisonResult)
    assert read == compared_
