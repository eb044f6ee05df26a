"""The entries of a run's log: what released versions wrote opens, what is unknown is skipped."""

import base64

import msgspec
import pytest

from tau.studio.tuning import log_events as log
from tau.studio.tuning import run_events as told
from tau.studio.tuning.log_events import decode_run_event, encode_run_event
from tau.studio.tuning.run_spec import PreferenceMethod, RunBase, RunData, RunSpec

SPEC = RunSpec(
    base=RunBase(name="b", sha256="cd"),
    data=RunData(train="ef", valid="gh"),
    method=PreferenceMethod(epochs=2, beta=0.2),
)
REPORTED: tuple[told.RunEvent, ...] = (
    told.RunStarted(
        at=1.5,
        steps=2,
        train_examples=3,
        tokens_per_epoch=4,
        trained_tokens_per_epoch=5,
        parameters=6,
        trainable_parameters=7,
        precision="float32",
        threads=1,
        resumed_from=1,
    ),
    told.RunEstimated(at=1.5, seconds=2.5, memory_bytes=3),
    told.StepDone(
        at=1.5,
        step=1,
        epoch=0.5,
        loss=0.25,
        accuracy=0.75,
        learning_rate=0.125,
        gradient_norm=1.5,
        tokens=9,
        seconds=2.5,
        cpu_seconds=2.25,
    ),
    told.StepValidated(at=1.5, step=1, loss=0.25, accuracy=0.75),
    told.CheckpointSaved(at=1.5, step=1, state="s", adapter="a", adapter_sha256="ab", answers="w"),
    told.RunPaused(at=1.5, step=1, reason="Asked."),
    told.RunFinished(
        at=1.5,
        step=2,
        adapter="a",
        adapter_sha256="ab",
        parity="parity.json",
        seconds=2.5,
        peak_memory_bytes=3,
        trained_tokens=4,
    ),
    told.RunFailed(at=1.5, code="c", message="m", line=2, param="training_file"),
)
EVERY_KIND: dict[str, log.RunLogEvent] = {
    "run_created": log.RunCreated(
        at=1.5,
        project="p",
        suffix="desk",
        base="b",
        examples=("e",),
        validation=("f",),
        instructions="Route it.",
        job={"seed": 7},
        comparison="c",
        method="prompt",
    ),
    "run_planned": log.RunPlanned(
        at=1.5,
        spec=SPEC,
        estimated_seconds=2.5,
        estimated_memory_bytes=3,
        warnings=("Few examples.",),
    ),
    "run_requested": log.RunRequested(at=1.5, request="pause"),
    "run_moved": log.RunMoved(
        at=1.5, status="failed", message="It failed.", code="no_space", param="model"
    ),
    "run_reported": log.RunReported(at=1.5, events=REPORTED, read_bytes=9),
    "checkpoint_graded": log.CheckpointGraded(at=1.5, step=2, graded=4, passed=3, score=0.75),
    "model_made": log.ModelMade(
        at=1.5,
        name="ft:b:tau:desk:ab",
        model_kind="adapter",
        base="b",
        base_sha256="cd",
        content_sha256="ab",
        step=2,
        file="adapters/step-2.gguf",
        content=b"x",
    ),
    "model_measured": log.ModelMeasured(
        at=1.5,
        name="ft:b:tau:desk:ab",
        engine="llama.cpp",
        figures={"next_token": 0.5},
        passed=False,
        sentence="It differs.",
    ),
    "model_deleted": log.ModelDeleted(at=1.5, name="ft:b:tau:desk:ab"),
    "run_withdrawn": log.RunWithdrawn(at=1.5, examples=("e",)),
    "results_written": log.ResultsWritten(at=1.5, file="f"),
}
WRITTEN = {
    "run_created": (
        "i6RraW5kq3J1bl9jcmVhdGVkomF0yz/4AAAAAAAAp3Byb2plY3ShcKZzdWZmaXikZGVza6RiYXNloWKoZXhh"
        "bXBsZXORoWWqdmFsaWRhdGlvbpGhZqxpbnN0cnVjdGlvbnOpUm91dGUgaXQuo2pvYoGkc2VlZAeqY29tcGFy"
        "aXNvbqFjpm1ldGhvZKZwcm9tcHQ="
    ),
    "run_planned": (
        "hqRraW5kq3J1bl9wbGFubmVkomF0yz/4AAAAAAAApHNwZWONpmZvcm1hdAGkYmFzZYKkbmFtZaFipnNoYTI1"
        "NqJjZKRkYXRhgqV0cmFpbqJlZqV2YWxpZKJnaKZtZXRob2SKpHR5cGWjZHBvpmVwb2NocwKqYmF0Y2hfc2l6"
        "ZQisbWljcm9fdG9rZW5zzQIArWxlYXJuaW5nX3JhdGXLPzo24uscQy2oc2NoZWR1bGWmY29zaW5lrHdhcm11"
        "cF9zaGFyZcs/qZmZmZmZmqx3ZWlnaHRfZGVjYXnLAAAAAAAAAACxbWF4X2dyYWRpZW50X25vcm3LP/AAAAAA"
        "AACkYmV0Ycs/yZmZmZmZmqdhZGFwdGVygqRyYW5rEKVhbHBoYctAQAAAAAAAAKZ3aW5kb3fNCACkc2VlZAep"
        "cHJlY2lzaW9upGF1dG+ndGhyZWFkcwCqY2hlY2twb2ludIKrZXZlcnlfc3RlcHMKpGtlZXADqnZhbGlkYXRp"
        "b26Cp2Fuc3dlcnMYqm1heF90b2tlbnPMyKZsaW1pdHOCp3NlY29uZHPLAAAAAAAAAACsbWVtb3J5X2J5dGVz"
        "AKhwYXJhbGxlbIOlbm9kZXMBqHBlcl9ub2RlAaVzaGFyZKRub25lsWVzdGltYXRlZF9zZWNvbmRzy0AEAAAA"
        "AAAAtmVzdGltYXRlZF9tZW1vcnlfYnl0ZXMDqHdhcm5pbmdzka1GZXcgZXhhbXBsZXMu"
    ),
    "run_requested": ("g6RraW5krXJ1bl9yZXF1ZXN0ZWSiYXTLP/gAAAAAAACncmVxdWVzdKVwYXVzZQ=="),
    "run_moved": (
        "hqRraW5kqXJ1bl9tb3ZlZKJhdMs/+AAAAAAAAKZzdGF0dXOmZmFpbGVkp21lc3NhZ2WqSXQgZmFpbGVkLqRj"
        "b2RlqG5vX3NwYWNlpXBhcmFtpW1vZGVs"
    ),
    "run_reported": (
        "hKRraW5krHJ1bl9yZXBvcnRlZKJhdMs/+AAAAAAAAKZldmVudHOYi6RraW5kp3N0YXJ0ZWSiYXTLP/gAAAAA"
        "AAClc3RlcHMCrnRyYWluX2V4YW1wbGVzA7B0b2tlbnNfcGVyX2Vwb2NoBLh0cmFpbmVkX3Rva2Vuc19wZXJf"
        "ZXBvY2gFqnBhcmFtZXRlcnMGtHRyYWluYWJsZV9wYXJhbWV0ZXJzB6lwcmVjaXNpb26nZmxvYXQzMqd0aHJl"
        "YWRzAaxyZXN1bWVkX2Zyb20BhKRraW5kqWVzdGltYXRlZKJhdMs/+AAAAAAAAKdzZWNvbmRzy0AEAAAAAAAA"
        "rG1lbW9yeV9ieXRlcwOLpGtpbmSkc3RlcKJhdMs/+AAAAAAAAKRzdGVwAaVlcG9jaMs/4AAAAAAAAKRsb3Nz"
        "yz/QAAAAAAAAqGFjY3VyYWN5yz/oAAAAAAAArWxlYXJuaW5nX3JhdGXLP8AAAAAAAACtZ3JhZGllbnRfbm9y"
        "bcs/+AAAAAAAAKZ0b2tlbnMJp3NlY29uZHPLQAQAAAAAAACrY3B1X3NlY29uZHPLQAIAAAAAAACFpGtpbmSp"
        "dmFsaWRhdGVkomF0yz/4AAAAAAAApHN0ZXABpGxvc3PLP9AAAAAAAACoYWNjdXJhY3nLP+gAAAAAAACHpGtp"
        "bmSqY2hlY2twb2ludKJhdMs/+AAAAAAAAKRzdGVwAaVzdGF0ZaFzp2FkYXB0ZXKhYa5hZGFwdGVyX3NoYTI1"
        "NqJhYqdhbnN3ZXJzoXeEpGtpbmSmcGF1c2VkomF0yz/4AAAAAAAApHN0ZXABpnJlYXNvbqZBc2tlZC6JpGtp"
        "bmSoZmluaXNoZWSiYXTLP/gAAAAAAACkc3RlcAKnYWRhcHRlcqFhrmFkYXB0ZXJfc2hhMjU2omFipnBhcml0"
        "eatwYXJpdHkuanNvbqdzZWNvbmRzy0AEAAAAAAAAsXBlYWtfbWVtb3J5X2J5dGVzA650cmFpbmVkX3Rva2Vu"
        "cwSGpGtpbmSmZmFpbGVkomF0yz/4AAAAAAAApGNvZGWhY6dtZXNzYWdloW2kbGluZQKlcGFyYW2tdHJhaW5p"
        "bmdfZmlsZapyZWFkX2J5dGVzCQ=="
    ),
    "checkpoint_graded": (
        "hqRraW5ksWNoZWNrcG9pbnRfZ3JhZGVkomF0yz/4AAAAAAAApHN0ZXACpmdyYWRlZASmcGFzc2VkA6VzY29y"
        "Zcs/6AAAAAAAAA=="
    ),
    "model_made": (
        "iqRraW5kqm1vZGVsX21hZGWiYXTLP/gAAAAAAACkbmFtZbBmdDpiOnRhdTpkZXNrOmFiqm1vZGVsX2tpbmSn"
        "YWRhcHRlcqRiYXNloWKrYmFzZV9zaGEyNTaiY2SuY29udGVudF9zaGEyNTaiYWKkc3RlcAKkZmlsZbRhZGFw"
        "dGVycy9zdGVwLTIuZ2d1Zqdjb250ZW50xAF4"
    ),
    "model_measured": (
        "h6RraW5krm1vZGVsX21lYXN1cmVkomF0yz/4AAAAAAAApG5hbWWwZnQ6Yjp0YXU6ZGVzazphYqZlbmdpbmWp"
        "bGxhbWEuY3Bwp2ZpZ3VyZXOBqm5leHRfdG9rZW7LP+AAAAAAAACmcGFzc2VkwqhzZW50ZW5jZatJdCBkaWZm"
        "ZXJzLg=="
    ),
    "model_deleted": ("g6RraW5krW1vZGVsX2RlbGV0ZWSiYXTLP/gAAAAAAACkbmFtZbBmdDpiOnRhdTpkZXNrOmFi"),
    "run_withdrawn": ("g6RraW5krXJ1bl93aXRoZHJhd26iYXTLP/gAAAAAAACoZXhhbXBsZXORoWU="),
    "results_written": ("g6RraW5kr3Jlc3VsdHNfd3JpdHRlbqJhdMs/+AAAAAAAAKRmaWxloWY="),
}
"""An entry of each kind, as the first release with it wrote it. Never change these."""


@pytest.mark.parametrize("kind", sorted(EVERY_KIND))
def test_what_was_written_once_can_be_read(kind: str) -> None:
    assert decode_run_event(base64.b64decode(WRITTEN[kind])) == EVERY_KIND[kind]


def test_each_kind_is_kept_as_it_was_written() -> None:
    kinds = {str(each.__struct_config__.tag) for each in log.RunLogEvent.__args__}
    assert kinds == set(EVERY_KIND) == set(WRITTEN)
    assert {type(each) for each in REPORTED} == set(told.RunEvent.__args__)


@pytest.mark.parametrize("kind", sorted(EVERY_KIND))
def test_fields_of_a_newer_release_are_passed_over(kind: str) -> None:
    raw = msgspec.msgpack.decode(encode_run_event(EVERY_KIND[kind]))
    read = decode_run_event(msgspec.msgpack.encode({**raw, "weather": {"rain": True}}))
    assert read == EVERY_KIND[kind]


@pytest.mark.parametrize("raw", [b"", b"\xc1", b"no entry"])
def test_what_is_no_entry_is_skipped(raw: bytes) -> None:
    assert decode_run_event(raw) is None
