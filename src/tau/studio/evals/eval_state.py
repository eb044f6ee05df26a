"""Evals and their runs: the fold of their events. Knows nothing of storage."""

from dataclasses import dataclass, field
from typing import Any

from tau.studio.evals.eval_events import (
    EvalChanged,
    EvalCreated,
    EvalEvent,
    EvalRemoved,
    EvalRunCreated,
    EvalRunEnded,
    EvalRunRemoved,
)


@dataclass
class EvalRun:
    """A run of an eval. Without `ended`, it's waiting, running, or was cut off."""

    created: EvalRunCreated
    ended: EvalRunEnded | None = None
    seqs: list[int] = field(default_factory=list)
    """Numbers of the events about it."""

    @property
    def id(self) -> str:
        """The id of the run."""
        return self.created.id


@dataclass
class Eval:
    """An eval and its runs, oldest first."""

    id: str
    created_at: float
    updated_at: float
    name: str
    metadata: dict[str, str]
    data_source_config: dict[str, Any]
    testing_criteria: tuple[dict[str, Any], ...]
    runs: dict[str, EvalRun] = field(default_factory=dict)
    seqs: list[int] = field(default_factory=list)

    @property
    def all_seqs(self) -> list[int]:
        """Numbers of the events about it and its runs."""
        return sorted([*self.seqs, *(seq for run in self.runs.values() for seq in run.seqs)])


class EvalState:
    """All evals of a person, oldest first."""

    def __init__(self) -> None:
        self.evals: dict[str, Eval] = {}

    def apply(self, event: EvalEvent, seq: int) -> None:
        """Take the next event, whose number in the log is `seq`."""
        match event:
            case EvalCreated():
                self.evals[event.id] = _new_eval(event, seq)
            case EvalChanged():
                self._change(event, seq)
            case EvalRemoved():
                self.evals.pop(event.id, None)
            case EvalRunCreated():
                if event.eval in self.evals:
                    self.evals[event.eval].runs[event.id] = EvalRun(event, seqs=[seq])
            case EvalRunEnded():
                self._end(event, seq)
            case EvalRunRemoved():
                for each in self.evals.values():
                    each.runs.pop(event.id, None)

    def _change(self, event: EvalChanged, seq: int) -> None:
        if event.id not in self.evals:
            return
        changed = self.evals[event.id]
        changed.updated_at = event.at
        changed.seqs.append(seq)
        if event.name is not None:
            changed.name = event.name
        if event.metadata is not None:
            changed.metadata = event.metadata

    def _end(self, event: EvalRunEnded, seq: int) -> None:
        for each in self.evals.values():
            run = each.runs.get(event.id)
            if run is not None:
                run.seqs.append(seq)
                run.ended = run.ended or event  # what was written first counts


def _new_eval(event: EvalCreated, seq: int) -> Eval:
    return Eval(
        id=event.id,
        created_at=event.at,
        updated_at=event.at,
        name=event.name,
        metadata=event.metadata,
        data_source_config=event.data_source_config,
        testing_criteria=event.testing_criteria,
        seqs=[seq],
    )
