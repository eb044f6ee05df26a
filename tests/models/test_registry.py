"""What people have added: checked before it is kept, sealed, shared between processes."""

from typing import Any

import pytest
import sqlalchemy as sa

from tau.errors import BadInput, RefusedAddress
from tau.models.http import AddressGuard
from tau.models.registry import (
    Endpoint,
    EndpointDetails,
    Registry,
    endpoint_url,
    key_place,
    make_endpoint,
)
from tau.storage.database import Database
from tau.storage.schema import aliases, endpoints
from tau.storage.sealing import SecretBox

pytestmark = pytest.mark.anyio
KEY = bytes(range(32))
URL = "https://models.example/v1"
HOUR = 3600.0


def endpoint(name: str, key: str | None = None, **details: Any) -> Endpoint:
    return make_endpoint(AddressGuard(), name, URL, "m", key, details)


def registry(database: Database, key: bytes = KEY) -> Registry:
    return Registry(database, SecretBox(key))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://host.example", "https://host.example/v1"),
        ("https://host.example/", "https://host.example/v1"),
        ("  https://host.example/v1/ ", "https://host.example/v1"),
        ("https://host.example/v1/chat/completions", "https://host.example/v1"),
        ("https://host.example/api/v3/embeddings", "https://host.example/api/v3"),
        ("https://host.example/openai/models/", "https://host.example/openai"),
        ("https://HOST.example:8443/v1", "https://host.example:8443/v1"),
    ],
)
def test_however_an_address_is_pasted_its_base_is_kept(given: str, kept: str) -> None:
    assert endpoint_url(AddressGuard(), given) == kept


@pytest.mark.parametrize("ending", ["?key=secret", "#secret"])
def test_an_address_with_more_than_a_path_is_refused_and_not_repeated(ending: str) -> None:
    with pytest.raises(BadInput, match=r"contain \? or #") as told:
        endpoint_url(AddressGuard(), URL + ending)
    assert "secret" not in str(told.value)


def test_an_endpoint_in_the_own_network_must_be_listed() -> None:
    with pytest.raises(RefusedAddress, match="private_hosts"):
        make_endpoint(AddressGuard(), "near", "http://192.168.1.7:8000", "m", None, {})
    listed = make_endpoint(
        AddressGuard("192.168.1.7"), "near", "http://192.168.1.7:8000", "m", None, {}
    )
    assert listed.url == "http://192.168.1.7:8000/v1"


@pytest.mark.parametrize("name", ["", " ", "-x", "a b", "a\n", "ä", "x" * 129, "../x", "a;b"])
def test_a_name_that_a_command_could_not_take_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="name"):
        endpoint(name)


@pytest.mark.parametrize("name", ["a", "7b", "qwen/qwen3:4b", "x" * 128, "A.b_c-d+e"])
def test_the_usual_names_of_models_are_taken(name: str) -> None:
    assert endpoint(name).info().name == name


@pytest.mark.parametrize("key", ["sk 1", "sk\r\nX-Evil: 1", "schlüssel", "sk\t1"])
def test_a_key_that_would_break_a_header_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(BadInput, match="printable ASCII") as told:
        endpoint("far", key)
    assert key not in str(told.value)


@pytest.mark.parametrize(
    "details",
    [
        {"capabilities": []},
        {"capabilities": ["fly"]},
        {"context_tokens": 255},
        {"context_tokens": "many"},
        {"size": "huge"},
        {"colour": "red"},
    ],
)
def test_what_no_model_can_be_is_refused(details: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        endpoint("far", **details)


def test_what_was_said_of_a_model_is_what_is_told_of_it() -> None:
    info = endpoint("far", size="small", context_tokens=256, licence="MIT", about="Mine.").info()
    assert (info.size, info.context_tokens, info.licence, info.about) == (
        "small",
        256,
        "MIT",
        "Mine.",
    )
    assert (info.origin, info.ready) == ("endpoint", True)
    assert endpoint("far").info().about == "m"  # nothing was said: what the endpoint calls it


def test_an_endpoint_in_a_log_line_shows_no_key() -> None:
    assert repr(endpoint("far", "sk-secret")) == "Endpoint('far')"
    assert endpoint("far", "").key is None


async def test_another_process_sees_what_was_added_when_it_looks_again(
    sqlite_database: Database,
) -> None:
    ours, theirs = registry(sqlite_database), registry(sqlite_database)
    await theirs.refresh()
    added = endpoint("far", "sk-1", context_tokens=999)
    await ours.save(added)
    await ours.set_alias("companion", ["far"])
    await theirs.refresh(older_than_seconds=HOUR)
    assert (theirs.endpoints, theirs.aliases) == ({}, {})  # what it holds is fresh enough
    await theirs.refresh()
    assert theirs.endpoints == {"far": added}
    assert theirs.aliases == {"companion": ["far"]}


async def test_saving_again_replaces_the_whole_endpoint(sqlite_database: Database) -> None:
    held = registry(sqlite_database)
    await held.save(endpoint("far", "sk-1", size="small"))
    await held.save(endpoint("far"))
    assert held.endpoints["far"].key is None
    assert held.endpoints["far"].details == EndpointDetails()
    assert len(held.endpoints) == 1


async def test_a_key_lies_sealed_in_the_database(sqlite_database: Database) -> None:
    await registry(sqlite_database).save(endpoint("far", "sk-very-secret"))
    (sealed,) = await sqlite_database.run(
        lambda c: list(c.execute(sa.select(endpoints.c.sealed_key)).scalars())
    )
    assert b"secret" not in sealed
    assert SecretBox(KEY).open(sealed, key_place("far")) == b"sk-very-secret"


async def test_without_the_servers_key_an_endpoint_is_there_but_not_ready(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await registry(sqlite_database).save(endpoint("locked", "sk-1"))
    await registry(sqlite_database).save(endpoint("open"))
    other = registry(sqlite_database, bytes(32))
    await other.refresh()
    assert (other.endpoints["locked"].key, other.endpoints["locked"].info().ready) == (None, False)
    assert other.endpoints["open"].info().ready
    assert "locked" in caplog.text


async def test_a_sealed_key_that_was_moved_to_another_endpoint_is_not_sent_there(
    sqlite_database: Database,
) -> None:
    held = registry(sqlite_database)
    await held.save(endpoint("rich", "sk-1"))
    await held.save(endpoint("thief"))

    def move(connection: sa.Connection) -> None:
        stolen = sa.select(endpoints.c.sealed_key).where(endpoints.c.name == "rich")
        connection.execute(
            sa.update(endpoints)
            .where(endpoints.c.name == "thief")
            .values(sealed_key=connection.execute(stolen).scalar_one())
        )

    await sqlite_database.run(move)
    await held.refresh()
    assert held.endpoints["thief"].key is None
    assert held.endpoints["thief"].key_lost
    assert held.endpoints["rich"].key == "sk-1"


@pytest.mark.parametrize("details", [b'{"size":"small","mood":"glad"}', b"\x00", b"[]"])
async def test_details_of_a_newer_tau_do_not_hide_an_endpoint(
    sqlite_database: Database, details: bytes
) -> None:
    held = registry(sqlite_database)
    await held.save(endpoint("far", size="small"))
    await sqlite_database.run(lambda c: c.execute(sa.update(endpoints).values(details=details)))
    await held.refresh()
    assert held.endpoints["far"].details == EndpointDetails()
    assert held.endpoints["far"].url == URL


async def test_an_alias_keeps_its_order_and_can_be_given_back(sqlite_database: Database) -> None:
    held = registry(sqlite_database)
    await held.set_alias("companion", ["z", "a", "m"])
    await held.set_alias("embedder", ["e"])
    await held.refresh()
    assert held.aliases == {"companion": ["z", "a", "m"], "embedder": ["e"]}
    await held.set_alias("companion", ["m", "z"])
    assert held.aliases["companion"] == ["m", "z"]
    await held.set_alias("companion", [])
    assert held.aliases == {"embedder": ["e"]}


@pytest.mark.parametrize("alias", ["", "Companion", "7", "a b", "a" * 65, "a/b", "a\n"])
async def test_what_is_no_alias_is_refused_and_nothing_is_written(
    sqlite_database: Database, alias: str
) -> None:
    held = registry(sqlite_database)
    with pytest.raises(BadInput, match="alias"):
        await held.set_alias(alias, ["m"])
    count = sa.select(sa.func.count()).select_from(aliases)
    assert await sqlite_database.run(lambda c: c.execute(count).scalar()) == 0


async def test_a_deleted_endpoint_is_gone_from_every_alias(sqlite_database: Database) -> None:
    held = registry(sqlite_database)
    for name in ("far", "near"):
        await held.save(endpoint(name))
    await held.set_alias("companion", ["far", "near"])
    await held.set_alias("learner", ["far"])
    await held.delete("far")
    assert set(held.endpoints) == {"near"}
    assert held.aliases == {"companion": ["near"]}
    await held.delete("never there")
    assert set(held.endpoints) == {"near"}
