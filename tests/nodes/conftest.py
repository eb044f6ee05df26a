"""Two nodes that are one Tau, shared by the tests of a file: each begins with both of them up."""

from collections.abc import AsyncIterator, Generator

import pytest

from tau.bench.nodes_client import RetryingClient
from tests.conftest import new_postgres_database
from tests.nodes.several import Nodes, several_nodes

_running: list[Nodes] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the nodes printed when a test fails."""
    report = yield
    if report.failed:
        report.sections += [("what the nodes printed", nodes.logs()) for nodes in _running]
    return report


@pytest.fixture(scope="module")
def module_database_url(postgres_url: str) -> str:
    return new_postgres_database(postgres_url)


@pytest.fixture(scope="module")
def more() -> list[dict[str, str]]:
    """More environment of each node."""
    return [{}, {}]


@pytest.fixture(scope="module")
async def running_nodes(
    module_database_url: str, tmp_path_factory: pytest.TempPathFactory, more: list[dict[str, str]]
) -> AsyncIterator[Nodes]:
    folder = tmp_path_factory.mktemp("nodes")
    async with several_nodes(module_database_url, folder, more) as nodes:
        _running.append(nodes)
        yield nodes
        _running.remove(nodes)


@pytest.fixture
async def nodes(running_nodes: Nodes) -> Nodes:
    """Two nodes, both up."""
    await running_nodes.all_up()
    return running_nodes


@pytest.fixture
async def one(nodes: Nodes) -> AsyncIterator[RetryingClient]:
    """The owner at the first node."""
    async with nodes.client(0) as client:
        yield client


@pytest.fixture
async def other(nodes: Nodes) -> AsyncIterator[RetryingClient]:
    """The owner at the second node, with the same key."""
    async with nodes.client(1) as client:
        yield client


@pytest.fixture
async def balanced(nodes: Nodes) -> AsyncIterator[RetryingClient]:
    """The owner at the balancer."""
    async with nodes.balanced() as client:
        yield client


@pytest.fixture
async def signed_in(nodes: Nodes) -> AsyncIterator[RetryingClient]:
    """The owner at the first node, with a session: what a key may not do."""
    async with nodes.signed_in(0) as client:
        yield client


@pytest.fixture
async def signed_in_there(nodes: Nodes) -> AsyncIterator[RetryingClient]:
    """The owner at the second node, with the same session."""
    async with nodes.signed_in(1) as client:
        yield client
