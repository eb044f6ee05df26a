"""`tau chat` in a real terminal: what is typed, what is shown, and how one leaves."""

from pathlib import Path

import pytest

from .conftest import Command, Start, Terminal

pytestmark = pytest.mark.slow  # each starts a Tau of its own

ENTER, NEW_LINE, CTRL_C, CTRL_D, UP = "\r", "\x1b\r", "\x03", "\x04", "\x1b[A"
PROMPT = r"› "


def chatting(start: Start, *words: str) -> Terminal:
    chat = start("chat", *words, terminal=True)
    chat.wait_for(r"Tau · scripted.*/help")
    chat.wait_for(PROMPT)
    return chat


def say(chat: Terminal, words: str, reply: str) -> None:
    chat.type(words + ENTER)
    chat.wait_for(reply)
    chat.wait_for(PROMPT)


def test_a_conversation_and_its_orders(start: Start, tau: Command, tmp_path: Path) -> None:
    chat = chatting(start)
    say(chat, "I live by a lake. [[say # Nice]]", r"^Nice\s*$")
    say(chat, f"two{NEW_LINE}lines [[say - a{NEW_LINE}- b]]", r" • a\s+ • b")
    say(chat, "/help", "/recalled")
    say(chat, "/list", r"1 .* 4 .* I live by a lake")
    say(chat, "/search lake", "I live by a lake")
    say(chat, "/title The lake", "Title: The lake")
    say(chat, "/retry", r" • a\s+ • b")
    say(chat, "/model", "Replies come from scripted")
    say(chat, "/nonsense", "Unknown command /nonsense")
    page = tmp_path / "page.md"
    say(chat, f"/export {page}", "Exported to")
    assert page.read_text().startswith("# The lake\n\n**You**")
    say(chat, f"/export {page}", r"already\s+exists")
    chat.type("/forget" + ENTER)
    chat.wait_for("Type yes")
    chat.type("yes" + ENTER)
    chat.wait_for("Forgotten")
    chat.wait_for(PROMPT)
    say(chat, "/new", "New conversation")
    say(chat, "Where do I live? lake", "I remember: .*lake")
    say(chat, "/recalled", r"1\. .* · you .*why: ")
    say(chat, "/open 2", "Continuing")
    chat.type("/quit" + ENTER)
    assert chat.end() == 0
    kept = tau("export").output
    assert "two" not in kept, "what was forgotten is gone"
    assert "I live by a lake" in kept


def test_ctrl_c_stops_a_reply_and_clears_a_line_and_ctrl_d_leaves(
    start: Start, tau: Command
) -> None:
    chat = chatting(start, "--new")
    chat.type("[[tokens 9]] [[hang after 5]]" + ENTER)
    chat.wait_for("word5")
    chat.type("typed ahead" + CTRL_C)
    chat.wait_for(r"\(stopped\)")
    chat.wait_for("typed ahead")
    chat.type(CTRL_C)
    say(chat, "[[say still here]]", r"^still here")
    chat.type(CTRL_D)
    assert chat.end() == 0
    assert "Traceback" not in chat.seen
    kept = tau("export").output
    assert "stopped" in kept
    assert "typed ahead" not in kept


def test_it_goes_on_where_it_was_and_brings_back_what_was_said(start: Start, tau: Command) -> None:
    tau("ask", "[[say An earlier reply]] earlier words")
    chat = start("chat", terminal=True)
    chat.wait_for("Continuing .*earlier words")
    chat.wait_for(r"^An earlier reply")
    chat.wait_for(PROMPT)
    chat.type(UP + " and more" + ENTER)
    chat.wait_for("earlier words and more")
    chat.wait_for(r"^An earlier reply")
    chat.wait_for(PROMPT)
    chat.type("/edit" + ENTER)
    chat.wait_for("edit › ")
    chat.type(" still" + ENTER)
    chat.wait_for("and more still")
    chat.wait_for(PROMPT)
    chat.type(CTRL_D)
    assert chat.end() == 0
    ((_, _, count, _),) = (
        line.split("\t") for line in tau("conversations", "list").stdout.splitlines()
    )
    assert int(count) >= 4


def test_what_is_typed_lies_in_no_file_in_plain(start: Start, home: Path) -> None:
    chat = chatting(start)
    say(chat, "a very secret word: xylophone", "xylophone")
    chat.type(CTRL_D)
    assert chat.end() == 0
    for path in home.rglob("*"):
        if path.is_file():
            assert b"xylophone" not in path.read_bytes(), path.name


def test_private_words_are_written_nowhere(start: Start, tau: Command) -> None:
    chat = start("chat", "--private", terminal=True)
    chat.wait_for("private")
    chat.wait_for(PROMPT)
    say(chat, "between us [[say of course]]", "^of course")
    chat.type(CTRL_D)
    assert chat.end() == 0
    assert "between us" not in tau("export").output


def test_a_failure_is_one_sentence_and_the_chat_goes_on(start: Start) -> None:
    chat = chatting(start)
    say(chat, "[[die]]", r"\.\s*$")
    assert "Traceback" not in chat.seen
    say(chat, "[[say on we go]]", "^on we go")
    chat.type(CTRL_D)
    assert chat.end() == 0


def test_it_talks_with_the_running_server(start: Start) -> None:
    running = start("run", "--port", "0")
    running.wait_for("Ctrl-C to stop Tau")
    chat = chatting(start)
    say(chat, "[[say through the server]]", "^through the server")
    running.interrupt()
    assert running.end() == 0
    chat.type("hello?" + ENTER)
    chat.wait_for("isn.t responding")
    chat.wait_for(PROMPT)
    chat.type(CTRL_D)
    assert chat.end() == 0
    assert "Traceback" not in chat.seen


@pytest.mark.parametrize("said", ["one\n[[say two]]\n", ""])
def test_a_pipe_is_a_message_a_line(tau: Command, said: str) -> None:
    result = tau("chat", said=said)
    assert result.exit_code == 0, result.output
    assert ("two\n" in result.output) == bool(said)
    assert "\x1b" not in result.output
