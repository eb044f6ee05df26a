"""Harper in its own environment, called as the program calls it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tau.experts.worker.calls import CALLS, CallRefused
from tau.experts.writing.harper_checks import check_english
from tests.experts.expert_environment import expert_program

CODE = (
    "import json, sys; from tau.experts.worker.calls import find_call; "
    "print(json.dumps(find_call('writing.english')(json.load(sys.stdin))))"
)


def _check(folder: Path, arguments: dict[str, Any]) -> list[list[dict[str, Any]]]:
    program = expert_program(folder)
    done = subprocess.run(
        [program.python, "-P", "-c", CODE],
        env={"PYTHONPATH": str(program.archive)},
        input=json.dumps(arguments),
        capture_output=True,
        text=True,
        check=True,
    )
    lints: list[list[dict[str, Any]]] = json.loads(done.stdout)["lints"]
    return lints


@pytest.mark.usefixtures("expert_packages")
def test_mistakes_of_english_are_found_with_what_should_be_there(tmp_path: Path) -> None:
    texts = ["We have recieved your letter.", "All is well.", "请于周五前付款。", "It isnt Tauber."]
    found = _check(tmp_path, {"texts": texts, "words": ["Tauber"]})
    seen = [
        [(text[one["start"] : one["end"]], one["replacements"][0]) for one in lints]
        for text, lints in zip(texts, found, strict=True)
    ]
    assert seen == [[("recieved", "received")], [], [], [("isnt", "isn't")]]


@pytest.mark.usefixtures("expert_packages")
def test_words_that_one_person_knows_are_misspelled_for_the_next(tmp_path: Path) -> None:
    program = expert_program(tmp_path)
    code = (
        "from tau.experts.worker.calls import find_call; call = find_call('writing.english'); "
        "print([len(call({'texts': ['It is Zqwerty.'], 'words': words})['lints'][0]) "
        "for words in (['Zqwerty'], ['Mia'], ['Zqwerty'])])"
    )
    done = subprocess.run(
        [program.python, "-P", "-c", code],
        env={"PYTHONPATH": str(program.archive)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[0, 1, 0]\n"


@pytest.mark.usefixtures("expert_packages")
def test_the_dialect_decides_the_spelling(tmp_path: Path) -> None:
    for dialect, marked in (("american", "colour"), ("british", "color")):
        texts = ["The colour is fine.", "The color is fine."]
        found = _check(tmp_path, {"texts": texts, "dialect": dialect})
        words = [
            text[one["start"] : one["end"]]
            for text, lints in zip(texts, found, strict=True)
            for one in lints
        ]
        assert words == [marked]


@pytest.mark.parametrize(
    "arguments",
    [{"texts": "one text"}, {"texts": [], "dialect": "latin"}, {"texts": ["x" * 1_000_001]}],
)
def test_what_cant_be_checked_is_refused(arguments: dict[str, Any]) -> None:
    assert "writing.english" in CALLS
    with pytest.raises(CallRefused):
        check_english(arguments)
