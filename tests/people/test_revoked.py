"""What is revoked opens nothing any more: no file in Tau's home has its wrapped key."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tau.errors import NotSignedIn, StoreUnavailable
from tau.people import Unlocked
from tau.people.passwords import Cost
from tau.people.people import People
from tau.settings import Settings
from tau.storage.backups import Backups, create_at, restore
from tau.storage.database import Database

from .conftest import CHEAP, PASSWORD, SERVER_KEY, Clock

pytestmark = pytest.mark.anyio
Wrapped = dict[str, bytes]


def slots_in(file: Path) -> Wrapped:
    with closing(sqlite3.connect(file)) as raw:
        return dict(raw.execute("SELECT id, wrapped FROM slots"))


def files_of(home: Path) -> list[Path]:
    return [home / "tau.db", *sorted((home / "backups").glob("*.db"))]


async def open_home(home: Path) -> Database:
    return await Database.open(f"sqlite:///{home / 'tau.db'}", backup_folder=home / "backups")


@dataclass
class Revoking:
    """A home whose owner adds and revokes credentials, and backs up in between."""

    home: Path
    database: Database
    clock: Clock = field(default_factory=Clock)
    seen: Wrapped = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    number: int = 0

    def people(self, cost: Cost = CHEAP) -> People:
        settings = Settings(home=self.home)
        return People(self.database, SERVER_KEY, settings, now=self.clock, cost=cost)

    async def owner(self) -> Unlocked:
        """Open the owner, with whatever opens them now."""
        try:
            return await self.people().owner()
        except NotSignedIn:
            token, unlocked = await self.people().sessions.sign_in("You", self.password, "")
            self.tokens.append(token)
            return unlocked

    @property
    def password(self) -> str:
        return f"{PASSWORD} {self.number}"

    async def set_password(self, *, sign_out_others: bool = False) -> None:
        unlocked = await self.owner()
        self.number += 1
        await self.people().credentials.set_password(
            unlocked, self.password, sign_out_others=sign_out_others
        )

    async def sign_in(self) -> None:
        await self.set_password()
        self.tokens.append((await self.people().sessions.sign_in("You", self.password, ""))[0])

    async def sign_in_at_another_cost(self) -> None:
        await self.set_password()
        dearer = self.people(Cost(passes=2, memory_kib=8, lanes=1))
        self.tokens.append((await dearer.sessions.sign_in("You", self.password, ""))[0])

    async def use_a_link(self) -> None:
        link = await self.people().credentials.link(await self.owner())
        self.tokens.append((await self.people().sessions.redeem(link, ""))[0])

    async def make_a_key(self) -> None:
        key, _ = await self.people().credentials.new_api_key(await self.owner(), "a program")
        self.tokens.append(key)

    async def revoke_some(self) -> None:
        credentials = self.people().credentials
        owner = await self.owner()
        for slot in await credentials.slots(owner.person.id):
            if slot.kind in {"session", "api_key", "link"}:
                await credentials.revoke(owner.person.id, slot.id)

    async def sign_out(self) -> None:
        for token in self.tokens:
            if not token.startswith("tau-"):
                await self.people().sessions.sign_out(token)

    async def sign_out_others(self) -> None:
        await self.set_password(sign_out_others=True)

    async def renew_the_recovery_code(self) -> None:
        await self.people().credentials.new_recovery_code(await self.owner())

    async def switch_the_server_slot(self) -> None:
        await self.set_password()
        owner = await self.owner()
        await self.people().credentials.set_server_slot(owner, owner.slot.kind != "server")

    async def change_the_data_key(self) -> None:
        owner = await self.owner()
        has_password = await self.people().credentials.slots(owner.person.id, "password")
        await self.people().rotation.rotate(owner, self.password if has_password else None)

    async def let_sessions_expire(self) -> None:
        self.clock.pass_days(1000)
        await self.people().delete_expired()

    async def back_up(self) -> None:
        await asyncio.to_thread(Backups(self.database).make)

    async def check(self) -> None:
        """Nothing revoked is in any file, and what opens Tau opens each backup."""
        now = slots_in(self.home / "tau.db")
        raw = [path.read_bytes() for path in self.home.rglob("*") if path.is_file()]
        for slot, wrapped in self.seen.items():
            if now.get(slot) != wrapped:
                assert not any(wrapped in each for each in raw)
        for file in files_of(self.home):
            assert slots_in(file).items() <= now.items()
            assert now.keys() & slots_in(file).keys(), "nobody is locked out of a backup"


Act = Callable[[Revoking], Awaitable[None]]
ACTS: list[Act] = [
    Revoking.set_password,
    Revoking.sign_in,
    Revoking.sign_in_at_another_cost,
    Revoking.use_a_link,
    Revoking.make_a_key,
    Revoking.revoke_some,
    Revoking.sign_out,
    Revoking.sign_out_others,
    Revoking.renew_the_recovery_code,
    Revoking.switch_the_server_slot,
    Revoking.change_the_data_key,
    Revoking.let_sessions_expire,
    Revoking.back_up,
]


async def run_acts(home: Path, acts: list[Act]) -> None:
    state = Revoking(home, await open_home(home))
    await state.owner()
    for act in acts:
        await act(state)
        state.seen |= slots_in(home / "tau.db")
    await state.database.scrub()
    await state.check()
    await state.database.close()
    await state.check()


@hypothesis_settings(max_examples=25)
@given(st.lists(st.sampled_from(ACTS), min_size=1, max_size=12))
def test_no_file_has_a_revoked_key_whatever_was_done(acts: list[Act]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run_acts(Path(folder), acts))


@pytest.fixture
async def state(tmp_path: Path) -> Revoking:
    home = tmp_path / "home"
    home.mkdir()
    state = Revoking(home, await open_home(home))
    await state.make_a_key()
    await state.use_a_link()
    await state.back_up()
    await state.database.close()  # the link is overwritten now, and nothing is left to do
    state.database = await open_home(home)
    return state


async def test_a_copy_made_afterwards_is_opened_by_nothing_that_was_revoked(
    state: Revoking, tmp_path: Path
) -> None:
    await state.set_password()
    await state.back_up()
    former = state.password
    await state.renew_the_recovery_code()
    await state.revoke_some()
    await state.set_password()
    await state.switch_the_server_slot()
    await state.database.close()
    for number, file in enumerate(files_of(state.home)):
        copy = tmp_path / f"copy-{number}"
        copy.mkdir()
        shutil.copyfile(file, copy / "tau.db")
        people = Revoking(copy, await open_home(copy), state.clock)
        with pytest.raises(NotSignedIn):
            await people.people().owner()
        for token in state.tokens[:2]:
            with pytest.raises(NotSignedIn):
                await people.people().sessions.unlock(token)
        with pytest.raises(NotSignedIn):
            await people.people().sessions.sign_in("You", former, "")
        assert await people.people().sessions.sign_in("You", state.password, "")
        await people.database.close()


async def test_it_is_written_down_until_it_is_done(
    state: Revoking, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = slots_in(state.home / "tau.db")

    def fail(_database: Database) -> None:
        raise StoreUnavailable("not now")

    with monkeypatch.context() as failing:
        failing.setattr(Database, "scrub_blocking", fail)
        await state.revoke_some()
        await state.database.close()
    left = slots_in(files_of(state.home)[1])
    assert set(before) == set(left), "what couldn't be done isn't"
    await (await open_home(state.home)).close()
    assert slots_in(files_of(state.home)[1]) == slots_in(state.home / "tau.db")


async def test_revoking_does_not_wait_for_the_backups(
    state: Revoking, monkeypatch: pytest.MonkeyPatch
) -> None:
    going = asyncio.Event()

    async def scrub() -> None:
        await going.wait()
        await Database.scrub(state.database)

    monkeypatch.setattr(state.database._scrubber, "_scrub", scrub)
    await state.sign_out()
    with pytest.raises(NotSignedIn):
        await state.people().sessions.unlock(state.tokens[1])
    assert len(slots_in(files_of(state.home)[1])) > len(slots_in(state.home / "tau.db"))
    going.set()
    await state.database.close()
    assert slots_in(files_of(state.home)[1]).items() <= slots_in(state.home / "tau.db").items()


async def test_backups_without_what_was_revoked_are_not_written_again(state: Revoking) -> None:
    backup = files_of(state.home)[1]
    before = backup.stat().st_ino
    await state.use_a_link()  # later than the backup
    await state.people().sessions.sign_out(state.tokens.pop())
    await state.database.close()
    assert backup.stat().st_ino == before


async def test_an_older_backup_from_elsewhere_is_restored_without_what_was_revoked(
    state: Revoking, tmp_path: Path
) -> None:
    await asyncio.to_thread(create_at, tmp_path / "elsewhere.db", state.home / "tau.db")
    await state.revoke_some()
    await state.database.close()
    restore(tmp_path / "elsewhere.db", state.home / "tau.db", state.home / "backups")
    again = Revoking(state.home, await open_home(state.home), state.clock)
    for token in state.tokens:
        with pytest.raises(NotSignedIn):
            await again.people().sessions.unlock(token)
    assert await again.owner()
    await again.database.close()
