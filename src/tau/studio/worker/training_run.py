"""A run that is in memory: its steps, checkpoints, estimate and end."""

import time

from tau.studio.tuning.run_events import (
    RunEstimated,
    RunFinished,
    RunPaused,
    RunStarted,
    StepDone,
    StepValidated,
)
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.tuning.run_spec import run_sha256
from tau.studio.worker.failures import RunStopped
from tau.studio.worker.lora import add_adapter
from tau.studio.worker.outputs import RunOutputs, answers_name
from tau.studio.worker.preparation import PreparedRun
from tau.studio.worker.processes import Processes
from tau.studio.worker.reporter import Reporter
from tau.studio.worker.run_progress import RunProgress
from tau.studio.worker.run_state import (
    decode_progress,
    latest_state,
    restore_state,
    state_name,
)
from tau.studio.worker.stop_signal import StopSignal, peak_memory
from tau.studio.worker.trainer import StepFigures, Trainer

_WARM_UP = 2  # steps before the estimate
_REHEARSED = 6  # tokens
_GROWTH = 1.25  # of the memory after the first steps, until all sizes of batches were seen


class TrainingRun:
    """A run that is in memory."""

    def __init__(
        self, folder: RunFolder, prepared: PreparedRun, reporter: Reporter, together: Processes
    ) -> None:
        spec, base = prepared.spec, prepared.base
        self._folder = folder
        self._prepared = prepared
        self._reporter = reporter
        self._together = together
        self._stop = StopSignal(folder, spec.limits)
        self._adapter = add_adapter(base.model, base.blocks, spec.adapter, spec.seed)
        self._trainer = Trainer(spec, base, self._adapter, prepared.train, together, self._stop)
        self._outputs = RunOutputs(folder, spec, base, self._adapter, prepared.template, reporter)
        self._progress = RunProgress(run_sha256=run_sha256(spec))
        self._started = time.monotonic()

    def listen(self, standard_input: int | None) -> None:
        """Stop when asked to."""
        self._stop.listen(standard_input)

    def resume(self) -> None:
        """Go on after the newest checkpoint, if there is one."""
        raw = latest_state(self._folder, self._progress.run_sha256)
        if raw is not None:
            self._progress = decode_progress(raw)
            step = self._progress.step
            restore_state(raw, self._trainer.parameters, self._trainer.optimizer, step)
        self._report_start()
        if raw is not None and not self._reporter.has_checkpoint(self._progress.step):
            self._report_again()

    def _report_again(self) -> None:
        """Report a checkpoint whose writer was killed before it could."""
        step = self._progress.step
        name, sha256 = self._outputs.write_adapter(step)
        answers = answers_name(step)
        self._outputs.report(step, name, sha256, answers if self._folder.has(answers) else "")

    def _report_start(self) -> None:
        train, trainer = self._prepared.train, self._trainer
        self._reporter.report(
            RunStarted,
            steps=trainer.schedule.steps,
            train_examples=len(train),
            tokens_per_epoch=sum(each.token_count for each in train),
            trained_tokens_per_epoch=sum(each.trained_count for each in train),
            parameters=self._prepared.base.parameter_count(),
            trainable_parameters=sum(each.numel() for each in trainer.parameters.values()),
            precision=str(self._prepared.precision).removeprefix("torch."),
            threads=self._prepared.threads,
            device=self._together.device.type,
            resumed_from=self._progress.step,
        )

    def train(self) -> None:
        """Do all steps that are left. Raises `RunStopped` and `RunRefused`."""
        schedule = self._trainer.schedule
        every = self._prepared.spec.checkpoint.every_steps
        first = self._progress.step + 1
        for step in range(first, schedule.steps + 1):
            self._check()
            seconds = self._step(step)
            if step == first + _WARM_UP - 1:
                self._estimate(step, seconds)
            if step % every == 0 or step == schedule.steps:
                self._checkpoint()

    def _step(self, step: int) -> float:
        started, worked = time.monotonic(), time.process_time()
        figures = self._trainer.step(step, self._progress)
        seconds = time.monotonic() - started
        self._reporter.report(
            StepDone,
            step=step,
            epoch=round(self._trainer.schedule.epoch(step), 4),
            loss=figures.loss,
            accuracy=figures.accuracy,
            learning_rate=self._trainer.schedule.learning_rate(step),
            gradient_norm=figures.gradient_norm,
            tokens=figures.tokens,
            seconds=round(seconds, 3),
            cpu_seconds=round(time.process_time() - worked, 3),
        )
        return seconds

    def _checkpoint(self) -> None:
        """Measure, answer, and write a checkpoint; one that is asked to stop is still written."""
        answers = ""
        try:
            self._validate()
            answers = self._outputs.answer(
                self._progress.step, self._prepared.valid, self._check_between
            )
        finally:
            self._outputs.save(self._trainer, self._progress, answers)
            self._together.wait()

    def _validate(self) -> None:
        if self._prepared.valid:
            found: StepFigures = self._trainer.measure(self._prepared.valid)
            self._reporter.report(
                StepValidated,
                step=self._progress.step,
                loss=found.loss,
                accuracy=found.accuracy,
            )

    def estimate(self) -> None:
        """Do the first steps, report how long all would take, and write nothing else."""
        self._report_start()
        for step in range(1, min(_WARM_UP, self._trainer.schedule.steps) + 1):
            seconds = self._step(step)
        self._estimate(step, seconds)

    def _estimate(self, step: int, seconds: float) -> None:
        """Report the time that is left after a step: of steps, and of what checkpoints take."""
        spec, train, schedule = self._prepared.spec, self._prepared.train, self._trainer.schedule
        done = sum(train[one].token_count for one in schedule.batch(step))
        mean = sum(each.token_count for each in train) / schedule.steps_per_epoch
        left = schedule.steps - step
        checkpoints = -(-left // spec.checkpoint.every_steps)
        self._reporter.report(
            RunEstimated,
            seconds=round(
                left * seconds * mean / done + (checkpoints + 1) * self._checkpoint_seconds(), 1
            ),
            memory_bytes=round(peak_memory() * _GROWTH) + self._outputs.exact_bytes(),
        )

    def _checkpoint_seconds(self) -> float:
        """Return the seconds of a validation and of its answers, from a part of each."""
        valid = self._prepared.valid
        if not valid:
            return 0.0
        asked = valid[: min(8, self._prepared.spec.validation.answers)]
        started = time.monotonic()
        self._trainer.measure(asked)
        measured = (time.monotonic() - started) * len(valid) / max(1, len(asked))
        token_seconds = self._outputs.rehearse(asked, _REHEARSED, self._check_between)
        rounds = -(-min(len(valid), self._prepared.spec.validation.answers) // 8)
        length = max(sum(each.sequences[0].trained) for each in valid)
        return measured + token_seconds * rounds * length

    def _check(self) -> None:
        """Raise `RunStopped` in all processes if one of them should stop."""
        reason = self._stop.reason()
        if self._together.largest(1.0 if reason else 0.0):
            raise RunStopped(reason or "It was asked to stop.")

    def _check_between(self) -> None:
        if self._together.is_alone:
            self._stop.check()

    def pause(self, reason: str) -> None:
        """Write a checkpoint of the steps that are done, and report why."""
        step = self._progress.step
        if step and not self._folder.has(state_name(step)):
            self._outputs.save(self._trainer, self._progress)
        self._reporter.report(RunPaused, step=step, reason=reason)

    def finish(self) -> None:
        """Write the reference of the parity check, and report the end."""
        step = self._progress.step
        name, sha256 = self._outputs.write_adapter(step)
        asked = self._prepared.valid or self._prepared.train
        parity = self._outputs.write_parity(asked, self._check_between)
        self._reporter.report(
            RunFinished,
            step=step,
            adapter=name,
            adapter_sha256=sha256,
            parity=parity,
            seconds=round(time.monotonic() - self._started, 1),
            peak_memory_bytes=peak_memory(),
            trained_tokens=self._progress.trained_tokens,
        )
