"""The recipes for HAProxy, nginx and Caddy, in the real programs."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.deploy.programs import program
from tests.deploy.proxied import COMMANDS, Node, proxied
from tests.patience import patient

Front = tuple[httpx.Client, list[Node]]
SECRET = "x" * 43


def _param(name: str) -> Any:
    missing = pytest.mark.skipif(program(name) is None, reason=f"{name} isn't installed")
    return pytest.param(name, marks=missing)


@pytest.fixture(params=[_param(name) for name in COMMANDS])
def front(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    with proxied(request.param, tmp_path) as found:
        yield found


def _tags() -> list[str]:
    return [f"{first}{second}_" for first in "aZ09" for second in "bQ5-"]


def _tokens(tag: str, device: str) -> list[dict[str, str]]:
    """Return the headers with which a person's programs and browsers come."""
    rest = device * 13
    return [
        {"Authorization": f"Bearer {tag}{rest}.{SECRET}"},
        {"Authorization": f"Bearer tau-{tag}{rest}-{SECRET}"},
        {"Cookie": f"tau_session={tag}{rest}.{SECRET}"},
        {"Cookie": f"theme=dark; tau_session={tag}{rest}.{SECRET}; other=1"},
    ]


def _name(answer: httpx.Response) -> str:
    return answer.text.split()[0]


def test_all_devices_of_a_person_reach_one_node(front: Front) -> None:
    client, nodes = front
    reached = {}
    for tag in _tags():
        headers = [one for device in "AB" for one in _tokens(tag, device)]
        names = {_name(client.get("/api/me", headers=one)) for one in headers}
        assert len(names) == 1, tag
        reached[tag] = names.pop()
    assert set(reached.values()) == {node.name for node in nodes}  # and people are spread


def test_strangers_are_served_and_seen_with_their_address(front: Front) -> None:
    client, _ = front
    answer = client.get("/", headers={"Cookie": "theme=dark"})
    assert answer.status_code == 200
    assert answer.text.split()[1] == "127.0.0.1"


def test_events_pass_as_they_come(front: Front) -> None:
    client, nodes = front
    with client.stream("GET", "/stream") as answer:
        lines = answer.iter_lines()
        assert next(line for line in lines if line) == "data: first"
        for node in nodes:
            node.go_on.set()
        assert next(line for line in lines if line) == "data: second"


def _of_first(client: httpx.Client, nodes: list[Node]) -> dict[str, str]:
    """Return the headers of somebody whom the first node serves."""
    headers = [_tokens(tag, "A")[0] for tag in _tags()]
    return next(one for one in headers if _name(client.get("/", headers=one)) == nodes[0].name)


def test_when_a_node_is_gone_its_people_are_served_by_the_other(front: Front) -> None:
    client, nodes = front
    headers = _of_first(client, nodes)
    nodes[0].stop()
    for _ in range(3):
        answer = client.get("/api/me", headers=headers)
        assert (answer.status_code, _name(answer)) == (200, nodes[1].name)


@pytest.mark.parametrize("name", [_param("haproxy"), _param("nginx")])
def test_what_no_node_took_is_sent_to_the_other_once(name: str, tmp_path: Path) -> None:
    # Not with Debian's Caddy (2.6): by then it has closed what was to be sent.
    with proxied(name, tmp_path) as (client, nodes):
        headers = _of_first(client, nodes)
        nodes[0].stop()
        for path in ("/first", "/second"):
            answer = client.post(path, headers=headers, content=b"said")
            assert (answer.status_code, _name(answer)) == (200, nodes[1].name)
        assert [path for path in nodes[1].seen if path != "/"] == ["/first", "/second"]


@pytest.mark.parametrize("name", [_param("haproxy")])
def test_haproxy_sends_people_elsewhere_while_a_node_ends(name: str, tmp_path: Path) -> None:
    with proxied(name, tmp_path) as (client, nodes):
        headers = _of_first(client, nodes)
        nodes[0].ending = True
        deadline = time.monotonic() + patient(60)
        while _name(client.get("/api/me", headers=headers)) != nodes[1].name:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_if_every_node_answers_503_people_read_taus_own_answer(front: Front) -> None:
    client, nodes = front
    for node in nodes:
        node.status = 503
    for _ in range(20):
        answer = client.get("/api/me", headers=_tokens("abc", "A")[0])
        assert answer.status_code == 503
        assert _name(answer) in {"one", "two"}
