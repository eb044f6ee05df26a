"""`tau ask` in a pipe: the reply on standard output, and nothing else there."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.patience import patient

from .conftest import Command, Start

pytestmark = pytest.mark.slow  # each starts a Tau of its own


def test_the_reply_alone_is_on_standard_output(environ: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tau", "ask", "please [[say A reply of\nthree **lines**\n你好.]]"],
        env=environ,
        capture_output=True,
        check=False,
        timeout=patient(60),
    )
    assert done.stdout.decode() == "A reply of\nthree **lines**\n你好.\n"
    assert done.returncode == 0
    assert done.stderr == b""


def test_words_from_a_pipe_and_from_a_file(tau: Command) -> None:
    assert tau("ask", said="[[say from a pipe]]\n").stdout == "from a pipe\n"
    letter = "Dear Ada, [[say shortened]]"
    assert tau("ask", "Shorten this:", "-", said=letter).stdout == "shortened\n"


def test_json_tells_everything_about_the_reply(tau: Command) -> None:
    result = tau("ask", "--json", "[[say hello]]")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["text"] == "hello"
    assert told["status"] == "complete"
    assert told["model"] == "scripted"
    assert {"conversation", "turn", "message", "said", "recalled"} <= told.keys()


def test_help_comes_before_the_reply(tau: Command) -> None:
    words = "I want to kill myself [[say I hear you.]]"
    card, said, _ = tau("ask", words).stdout.partition("I hear you.")
    assert said
    assert "emergency" in card
    told = json.loads(tau("ask", "--json", words).stdout)
    assert told["help"]["kind"] == "suicide"
    assert told["help"]["text"]


def test_it_goes_on_in_the_latest_conversation_unless_told_otherwise(tau: Command) -> None:
    def place(*words: str) -> str:
        return str(json.loads(tau("ask", "--json", *words).stdout)["conversation"])

    first = place("I live by a lake.")
    assert place("And I swim.") == first
    other = place("--new", "Something else.")
    assert other != first
    assert place("--conversation", first, "Still there?") == first


def test_private_words_leave_no_trace(tau: Command) -> None:
    assert tau("ask", "--private", "a secret").exit_code == 0
    assert "secret" not in tau("export").output
    assert tau("conversations", "list").output == ""


def test_a_failure_is_a_sentence_on_standard_error(tau: Command) -> None:
    done = tau("ask", "[[die]]")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_what_came_before_a_failure_is_not_taken_back(tau: Command) -> None:
    done = tau("ask", "[[tokens 9]] [[die after 3]]")
    assert done.exit_code == 1
    assert done.stdout.split() == ["word1", "word2", "word3"]
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["--conversation", "nowhere", "hello"], ["--model", "none", "hi"]]
)
def test_what_is_not_there_is_told(tau: Command, words: list[str]) -> None:
    result = tau("ask", *words)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.endswith(".\n")


def test_nothing_to_ask(tau: Command) -> None:
    result = tau("ask", said="  \n")
    assert result.exit_code == 1
    assert "nothing to ask" in result.stderr


def test_a_closed_pipe_is_no_error(environ: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "tau", "ask", "[[tokens 50]]"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
            timeout=patient(60),
        )
    assert done.returncode == 0
    assert done.stderr == b""


def test_ctrl_c_stops_the_reply_and_keeps_what_was_said(start: Start, tau: Command) -> None:
    asking = start("ask", "[[tokens 9]] [[hang after 3]]")
    asking.wait_for("word3")
    asking.interrupt(signal.SIGINT)
    assert asking.end() == 130
    assert "Traceback" not in asking.seen
    kept = tau("export").output
    assert "word3" in kept
    assert "stopped" in kept


def test_it_asks_the_running_server(start: Start, tau: Command) -> None:
    running = start("run", "--port", "0")
    running.wait_for("Ctrl-C to stop Tau")
    assert tau("ask", "[[say by the server]]").stdout == "by the server\n"
    refused = tau("ask", "--threads", "2", "hello")
    assert refused.exit_code == 1
    assert "--threads" in refused.stderr
    running.interrupt()
    assert running.end() == 0
    assert "by the server" in tau("export").output
