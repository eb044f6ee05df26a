"""What a comparison of a project does: the methods, what they are compared on, and the grading."""

from collections.abc import Sequence

from tau.errors import Conflict
from tau.models import Models
from tau.studio.comparison_jobs import CompareWork, ReportAnswers
from tau.studio.examples.check_pairs import check_requests
from tau.studio.examples.example import Example
from tau.studio.examples.leakage import refuse_leaks
from tau.studio.graders.grading import GradingContext
from tau.studio.graders.sandbox import PythonSandbox
from tau.studio.grading_answers import answer_grader, grader_of
from tau.studio.methods.choice import choose_methods
from tau.studio.methods.comparison import ComparisonInput, compare
from tau.studio.methods.method import Method
from tau.studio.methods.optimized_prompt import OptimizedPromptMethod
from tau.studio.project import Project
from tau.studio.results import ComparisonResult, MethodKind


def plan_comparison(
    models: Models,
    project: Project,
    model: str,
    kinds: Sequence[MethodKind],
    tuned: Sequence[Method] = (),
    *,
    run_all: bool = False,
) -> CompareWork:
    """Return the work of a comparison on the frozen test of a project.

    `model` answers the prompts, by default the one that answers chats. Without `kinds`, all methods
    that apply are tried, but not `optimized`, which has to be asked for. `tuned` are those of the
    studio's models; with `run_all`, no method is left out or stopped because another one is better.
    Raises `Conflict` before the test is frozen, `BadInput` if an example of it is learned from too,
    and `UnknownModel`.
    """
    if project.split is None or not project.test:
        raise Conflict("Freeze a test first: it's what the methods are compared on.")
    refuse_leaks(project.test, project.train)
    chat = model or models.aliases.default_chat()
    models.aliases.names_for(chat)
    methods = [
        each
        for each in choose_methods(models, chat=chat, tuned=tuned, optimized="optimized" in kinds)
        if not kinds or each.kind in kinds
    ]
    given = ComparisonInput(
        train=project.train,
        test=project.test,
        test_sha256=project.split.sha256,
        contradictions=_contradicting_share(project.train),
    )
    grader = grader_of(project)

    async def work(report: ReportAnswers) -> ComparisonResult:
        places = {each.name: place for place, each in enumerate(methods)}
        total = len(methods) * len(given.test)

        def progress(name: str, done: int, of: int) -> None:
            report(places[name] * of + done, total)

        async with PythonSandbox() as sandbox:
            context = GradingContext(models, models.aliases.default_embedder(), sandbox)
            grade = answer_grader(grader, context)
            for each in methods:
                if isinstance(each, OptimizedPromptMethod):
                    each.judge_by(grade)
            return await compare(
                methods,
                given,
                grade,
                progress=progress,
                run_all=run_all or bool(kinds),
            )

    return work


def _contradicting_share(examples: Sequence[Example]) -> float:
    """Return the share of the examples that ask the same as another and answer otherwise."""
    found = check_requests(examples, frozenset())
    concerned = {each for one in found if one.kind == "contradiction" for each in one.examples}
    return len(concerned) / len(examples) if examples else 0.0
