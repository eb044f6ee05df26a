"""The gate: what must hold before a model answers people. Pure.

Every condition has its figure and a sentence, whether it holds or not, and all are reported. What
they're decided on is collected elsewhere (`tau.studio.releases.gate_facts`).
"""

from collections.abc import Callable, Collection, Sequence

import msgspec

from tau.studio.examples.example import ExampleSource
from tau.studio.methods.pairing import best_result, count_pairs, paired_test
from tau.studio.phrases import describe_gain, describe_method, percent, points
from tau.studio.releases.release_events import GateCondition, GateKind, ModelProbed
from tau.studio.results import ComparisonResult, MethodKind, MethodResult
from tau.studio.serving.parity import ENDS_AIM
from tau.studio.tuning.log_events import ModelKind, ModelMeasured

MOST_LOST = 0.1
"""Share of the test that may be wrong now and was right before."""
NOT_WORSE = 0.05
"""By how much a model may be worse if it's cheaper."""
CHEAPER = 0.5
"""Share of the time of an answer that counts as cheaper."""
FEWEST_REVIEWED = 10
"""Answers that a person must have judged, or all of a smaller test."""
_UNTRAINED: tuple[MethodKind, ...] = ("baseline", "classifier", "prompt", "nearest", "optimized")
_PARITY_SHOWN = ("next_token", "log_probability", "whole_answers")
_NO_DERIVATIVES = ("-nd", "noderiv", "no deriv", "no-deriv")


class GateInput(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a model and of what it would replace."""

    name: str
    kind: ModelKind
    test_sha256: str
    """Of the project's frozen test, empty if there is none."""
    comparison: ComparisonResult | None
    """The newest one in which the model answered."""
    result: MethodResult | None
    """How the model did in it."""
    rival: MethodResult | None
    """What it must be better than: the live release, or the best method without training."""
    leaks: tuple[str, ...] = ()
    """Examples of the test that it learned from."""
    learned_from_files: bool = False
    """Whether it learned from files, of which it isn't known whether the test is in them."""
    measured: ModelMeasured | None = None
    """How it answers on the engine that serves it."""
    probed: ModelProbed | None = None
    base: str = ""
    base_licence: str = ""
    sources: tuple[ExampleSource, ...] = ()
    """Where the project's examples come from."""
    withdrawn: tuple[str, ...] = ()
    """Examples that it learned from and that were withdrawn since."""
    reviewed: frozenset[str] = frozenset()
    """Examples of the test of which a person judged its answer."""
    attested: frozenset[str] = frozenset()
    """Those of which nobody did, though `tau studio example` noted them as read."""


class GateReport(msgspec.Struct, frozen=True):
    """The conditions of a release, all of them."""

    conditions: tuple[GateCondition, ...]

    @property
    def passed(self) -> bool:
        """Whether the model may be released."""
        return all(each.passed for each in self.conditions)

    @property
    def failed(self) -> list[GateCondition]:
        """The conditions that don't hold."""
        return [each for each in self.conditions if not each.passed]


def check_gate(given: GateInput) -> GateReport:
    """Return whether a model may be released, condition by condition."""
    return GateReport(tuple(check(given) for check in _CHECKS))


def choose_rival(
    comparison: ComparisonResult, result: MethodResult, kind: ModelKind, live: Collection[str]
) -> MethodResult | None:
    """Return what a model must be better than.

    That's the live release if it was compared too; else, for a trained model, the best method
    without training, and for a classifier or a prompt the most frequent answer.
    """
    others = [each for each in comparison.methods if each is not result and each.passed]
    now = best_result([each for each in others if each.model in live and each.kind == "tuned"])
    if now is not None:
        return now
    wanted = _UNTRAINED if kind == "adapter" else ("baseline",)
    return best_result([each for each in others if each.kind in wanted])


def _tested(given: GateInput) -> GateCondition:
    comparison, result = given.comparison, given.result
    if not given.test_sha256:
        return _fails("tested", "no test", "Freeze a test first: tau studio freeze")
    if comparison is None or result is None or result.passed is None:
        return _fails("tested", "not tested", "Compare it on the frozen test: tau studio compare")
    count = len(result.answers)
    if comparison.test_sha256 != given.test_sha256 or comparison.withdrawn:
        sentence = "The test has changed since it was compared. Compare it again."
        return _fails("tested", f"{count} answers", sentence)
    if given.learned_from_files:
        sentence = "It learned from files, and nobody knows whether the test was among them."
        return _fails("tested", f"{count} answers", sentence)
    if given.leaks:
        sentence = f"It learned from {_examples(given.leaks)} of the test, so its figures say "
        return _fails("tested", f"{len(given.leaks)} leaked", sentence + "nothing.", given.leaks)
    sentence = f"It answered all {count} examples of the frozen test, and learned from none."
    return GateCondition("tested", True, f"{count} answers, 0 leaked", sentence)


def _better(given: GateInput) -> GateCondition:
    result, rival = given.result, given.rival
    if result is None or rival is None:
        return _fails("better", "unknown", "There's nothing that it was compared with.")
    gain = paired_test(result, rival).difference
    figure = f"{100 * gain.value:+.0f} points [{100 * gain.low:+.0f}, {100 * gain.high:+.0f}]"
    than = f"{describe_gain(gain)} than {describe_method(rival)}"
    if gain.low > 0:
        return GateCondition("better", True, figure, f"It's {than}.")
    cheaper = result.seconds_per_answer <= CHEAPER * rival.seconds_per_answer
    if cheaper and gain.low >= -NOT_WORSE:
        sentence = f"It's {than}, so at most {points(NOT_WORSE)} worse, and takes half the time."
        return GateCondition("better", True, figure, sentence)
    return _fails("better", figure, f"It's {than}, which may be chance. It must be shown better.")


def _regressions(given: GateInput) -> GateCondition:
    result, rival = given.result, given.rival
    if result is None or rival is None:
        return _fails("regressions", "unknown", "There's nothing that it was compared with.")
    right = {each.example for each in rival.answers if each.passed}
    lost = tuple(
        each.example for each in result.answers if not each.passed and each.example in right
    )
    gained, _ = count_pairs(result.answers, rival.answers)
    share = len(lost) / max(1, len(result.answers))
    figure = f"{len(lost)} lost, {gained} gained"
    sentence = (
        f"{_count(len(lost), 'answer')} ({percent(share)}) of those that were right before "
        f"{'is' if len(lost) == 1 else 'are'} wrong now; at most {percent(MOST_LOST)} may be."
    )
    return GateCondition("regressions", share <= MOST_LOST, figure, sentence, lost)


def _parity(given: GateInput) -> GateCondition:
    if given.kind != "adapter":
        sentence = "The program that answered the test is the one that serves it."
        return GateCondition("parity", True, "the same program", sentence)
    measured = given.measured
    if measured is None:
        sentence = "It hasn't been checked yet whether the engine answers as the trained model did."
        return _fails("parity", "not measured", sentence)
    figure = ", ".join(
        f"{name.replace('_', ' ')} {value:.3g}"
        for name, value in measured.figures.items()
        if name in _PARITY_SHOWN
    )
    if not measured.passed:
        return _fails("parity", figure, measured.sentence or "The engine answers differently.")
    return GateCondition(
        "parity", True, figure, "The engine that serves it answers as the trained model did."
    )


def _differs(given: GateInput) -> GateCondition:
    if given.kind != "adapter":
        return GateCondition("differs", True, "nothing trained", "It has no trained weights.")
    figures = given.measured.figures if given.measured else {}
    if "differs_from_base" not in figures or "ends_turn" not in figures:
        return _fails("differs", "not measured", "It hasn't been compared with its base yet.")
    differs, ends = figures["differs_from_base"], figures["ends_turn"]
    figure = f"{percent(differs)} differ, {percent(ends)} end"
    if differs <= 0:
        return _fails("differs", figure, "It answers exactly as its base does, as if untrained.")
    if ends < ENDS_AIM:
        sentence = f"Only {percent(ends)} of its answers end by themselves; {percent(ENDS_AIM)}"
        return _fails("differs", figure, sentence + " must.")
    sentence = "It answers otherwise than its base does, and ends its answers."
    return GateCondition("differs", True, figure, sentence)


def _safety(given: GateInput) -> GateCondition:
    probed = given.probed
    if given.kind == "classifier":
        sentence = "It only gives answers from a fixed list."
        return GateCondition("safety", True, "fixed answers", sentence)
    if probed is None:
        sentence = "It hasn't been tried yet whether it repeats personal data of its examples."
        return _fails("safety", "not tried", sentence)
    figure = f"{len(probed.completed)} of {probed.probes}"
    if probed.completed:
        sentence = f"It completed personal data of {_examples(probed.completed)}: mask it and train"
        return _fails("safety", figure, sentence + " again.", probed.completed)
    if not probed.probes:
        sentence = "Its examples have no personal data of a form that Tau knows."
        return GateCondition("safety", True, figure, sentence)
    sentence = f"It completed none of {_count(probed.probes, 'piece')} of personal data."
    return GateCondition("safety", True, figure, sentence)


def _permitted(given: GateInput) -> GateCondition:
    licences = sorted({each.licence for each in given.sources if each.licence})
    listed = ", ".join(licences) or "none stated"
    figure = f"base: {given.base_licence or 'unknown'}; data: {listed}"
    if given.withdrawn:
        sentence = f"It learned from {_examples(given.withdrawn)} withdrawn since. Train it again."
        return _fails("permitted", figure, sentence, given.withdrawn)
    if given.kind == "adapter" and not given.base_licence:
        return _fails("permitted", figure, f"The licence of {given.base} isn't known.")
    for licence in (given.base_licence, *licences):
        if any(word in licence.lower() for word in _NO_DERIVATIVES):
            sentence = f"The licence {licence} doesn't allow works made from it."
            return _fails("permitted", figure, sentence)
    sentence = "No licence forbids it, and nothing that it learned from was withdrawn."
    return GateCondition("permitted", True, figure, sentence)


def _reviewed(given: GateInput) -> GateCondition:
    count = len(given.reviewed)
    wanted = min(FEWEST_REVIEWED, len(given.result.answers) if given.result else FEWEST_REVIEWED)
    figure = f"{count} of {wanted}"
    noted = len(given.attested - given.reviewed)
    if count < wanted <= count + noted:
        judged = f"A person judged {count}" if count else "Nobody judged any"
        sentence = (
            f"{judged} of its answers: `tau studio example` attested {_count(noted, 'answer')} "
            "itself, so that the example can go on."
        )
        return GateCondition("reviewed", True, f"{noted} of {wanted}, attested", sentence)
    if count < wanted:
        sentence = f"A person must judge {_count(wanted, 'answer')} of it: tau studio review"
        return _fails("reviewed", figure, sentence)
    sentence = f"A person judged {_count(count, 'answer')} of it."
    return GateCondition("reviewed", True, figure, sentence)


_CHECKS: Sequence[Callable[[GateInput], GateCondition]] = (
    _tested,
    _better,
    _regressions,
    _parity,
    _differs,
    _safety,
    _permitted,
    _reviewed,
)


def _fails(
    kind: GateKind, figure: str, sentence: str, examples: tuple[str, ...] = ()
) -> GateCondition:
    return GateCondition(kind, False, figure, sentence, examples)


def _examples(ids: Sequence[str]) -> str:
    return _count(len(ids), "example")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
