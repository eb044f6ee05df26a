"""What becomes of a run, and which run is next: pure functions."""

from hypothesis import given
from hypothesis import strategies as st

from tau.studio.tuning.job_table import WaitingRun, next_in_line
from tau.studio.tuning.log_events import (
    CheckpointGraded,
    ModelDeleted,
    ModelMade,
    RunCreated,
    RunMoved,
    RunReported,
    RunRequest,
    RunRequested,
    RunWithdrawn,
)
from tau.studio.tuning.made_models import kept_steps, model_name
from tau.studio.tuning.run_events import CheckpointSaved, RunFailed, RunFinished, RunPaused
from tau.studio.tuning.run_outcome import asked_outcome, exit_outcome
from tau.studio.tuning.run_state import RunState
from tau.studio.tuning.worker_process import WorkerExit

FINISHED = RunFinished(
    at=1.0,
    step=9,
    adapter="adapters/step-9.gguf",
    adapter_sha256="ab" * 32,
    parity="parity.json",
    seconds=1.0,
    peak_memory_bytes=1,
    trained_tokens=1,
)
KILLED, CRASHED = WorkerExit(-9), WorkerExit(1, "ValueError")


def state_of(*events: object) -> RunState:
    state = RunState("r")
    state.apply(RunCreated(at=0.0, base="small"), 1)
    for seq, event in enumerate(events, start=2):
        state.apply(event, seq)  # type: ignore[arg-type]
    return state


def reported(*events: object) -> RunReported:
    return RunReported(at=1.0, events=events)  # type: ignore[arg-type]


def asked(request: RunRequest) -> RunRequested:
    return RunRequested(at=1.0, request=request)


def status(state: RunState, ended: WorkerExit, crashes: int = 1) -> str:
    outcome = exit_outcome(state, ended, crashes)
    return outcome.status if outcome else "started again"


def test_what_a_program_that_ended_means() -> None:
    running = RunMoved(at=0.0, status="running")
    finished, paused = reported(FINISHED), reported(RunPaused(at=1.0, step=3, reason="It was."))
    limited = reported(RunPaused(at=1.0, step=3, reason="It reached its limit of 5 seconds."))
    refused = reported(RunFailed(at=1.0, code="too_long", message="Long.", line=2))
    assert status(state_of(running, finished), WorkerExit(0)) == "succeeded"
    assert status(state_of(running), WorkerExit(0)) == "started again", "it said nothing"
    assert status(state_of(running, refused), WorkerExit(65)) == "failed"
    assert status(state_of(running, limited), WorkerExit(75)) == "paused"
    assert status(state_of(running, paused), WorkerExit(75)) == "started again", "nobody asked"
    assert status(state_of(running, asked("pause"), paused), WorkerExit(75)) == "paused"
    assert status(state_of(running, asked("pause"), finished), WorkerExit(0)) == "succeeded"
    assert status(state_of(running, asked("cancel"), finished), WorkerExit(0)) == "cancelled"
    assert status(state_of(running, asked("cancel")), KILLED) == "cancelled"
    assert status(state_of(running, RunWithdrawn(at=1.0, examples=("e",))), KILLED) == "failed"
    assert status(state_of(running), KILLED, 3) == "started again"
    assert status(state_of(running), KILLED, 4) == "failed"
    assert status(state_of(running, asked("pause")), KILLED) == "started again"


def test_a_failure_says_what_happened() -> None:
    killed = exit_outcome(state_of(), KILLED, 4)
    crashed = exit_outcome(state_of(), CRASHED, 4)
    assert killed is not None
    assert "memory" in killed.message
    assert crashed is not None
    assert "ValueError" in crashed.message


def test_a_request_lasts_until_it_has_happened() -> None:
    state = state_of(RunMoved(at=0.0, status="queued"), asked("pause"))
    state.apply(RunMoved(at=1.0, status="running"), 9)
    assert state.request == "pause", "it began at the same moment"
    state.apply(RunMoved(at=2.0, status="paused"), 10)
    assert (state.request, asked_outcome(state)) == (None, None)
    state.apply(asked("resume"), 11)
    state.apply(RunMoved(at=3.0, status="queued"), 12)
    assert state.request is None


def test_what_was_written_first_is_how_it_ended() -> None:
    state = state_of(RunMoved(at=1.0, status="succeeded"), RunMoved(at=2.0, status="failed"))
    assert state.status == "succeeded"


def saved(step: int) -> CheckpointSaved:
    name = f"adapters/step-{step}.gguf"
    return CheckpointSaved(at=1.0, step=step, state="", adapter=name, adapter_sha256="cd" * 32)


def test_the_best_checkpoint_stays_besides_the_newest() -> None:
    grades = [
        CheckpointGraded(at=1.0, step=step, graded=10, passed=right, score=right / 10)
        for step, right in ((1, 3), (2, 9), (3, 9), (4, 5))
    ]
    state = state_of(reported(*(saved(step) for step in range(1, 8))), *grades)
    assert state.best_step == 2
    assert kept_steps(state) == {7, 2}, "none is kept without a document"


def test_where_nothing_was_right_no_checkpoint_is_the_best() -> None:
    grades = [
        CheckpointGraded(at=1.0, step=step, graded=10, passed=0, score=0.0) for step in (1, 2)
    ]
    state = state_of(reported(saved(1), saved(2)), *grades)
    assert state.best_step is None
    assert kept_steps(state) == {2}


def test_names_of_models() -> None:
    assert model_name("small", "desk", "ab" * 32) == "ft:small:tau:desk:abababab"
    assert model_name("small", "", "ab" * 32, 30) == "ft:small:tau::abababab:ckpt-step-30"
    made = ModelMade(
        at=1.0,
        name="ft:small:tau::x",
        model_kind="adapter",
        base="small",
        base_sha256="",
        content_sha256="",
    )
    state = state_of(made)
    assert state.result == made
    state.apply(ModelDeleted(at=2.0, name=made.name), 9)
    assert state.result is None


def row(run: str, person: str = "ada", **about: object) -> WaitingRun:
    given = {
        "run": run,
        "person": person,
        "state": "queued",
        "keys": (b"k" * 32,),
        "created_at": 1.0,
        "holder": None,
        "lease_until": 0.0,
        **about,
    }
    return WaitingRun(**given)  # type: ignore[arg-type]


def chosen(rows: list[WaitingRun], served: dict[str, float] | None = None) -> str | None:
    found = next_in_line(rows, served or {}, "here", 100.0)
    return found.run if found else None


def test_who_starts_many_runs_keeps_nobody_waiting() -> None:
    mine = [row(f"a{number}", created_at=float(number)) for number in range(3)]
    theirs = row("b", "bob", created_at=50.0)
    assert chosen([*mine, theirs]) == "a0"
    assert chosen([*mine[1:], theirs], {"ada": 99.0}) == "b"


def test_what_was_cut_off_goes_on_first() -> None:
    cut = row("b", "bob", state="running", created_at=50.0)
    assert chosen([row("a"), cut], {"bob": 99.0}) == "b"


def test_what_somebody_else_works_on_is_left_alone() -> None:
    theirs = row("a", state="running", holder="there/x", lease_until=101.0)
    assert chosen([theirs]) is None
    assert chosen([theirs._replace(lease_until=99.0)]) == "a", "its lease is out"
    assert chosen([theirs._replace(holder="here/x")]) == "a", "its process ended: we hold the lock"
    assert chosen([row("b", keys=())]) is None, "another server key sealed it"


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.floats(0, 10), st.sampled_from(["queued", "running"])),
        min_size=1,
        max_size=12,
    )
)
def test_nobody_is_passed_over_for_ever(waiting: list[tuple[str, float, str]]) -> None:
    """Each round serves one; before anybody is served twice, everybody who waits is served."""
    rows = [
        row(f"r{number}", person, created_at=at, state=state)
        for number, (person, at, state) in enumerate(waiting)
    ]
    queued = [each._replace(state="queued") for each in rows]
    served: dict[str, float] = {}
    order = []
    for now in range(1, len(queued) + 1):
        following = next_in_line(queued, served, "here", 100.0)
        assert following is not None
        queued.remove(following)
        served[following.person] = float(now)
        order.append(following.person)
    people = set(order)
    assert set(order[: len(people)]) == people
