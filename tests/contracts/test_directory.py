"""Both directories keep the contract."""

import asyncio

import pytest
from attrs import define, evolve

from adapters.memory.directory import MemoryDirectory
from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.directory import RedisDirectory
from adapters.redis.keys import Keys
from application.ports.store import StoreUnavailableError
from contracts.directory_contract import (
    FOURTH,
    NEW,
    NEW_USER,
    OLD,
    THIRD,
    USER,
    DirectoryContract,
    change,
    id_of,
    later,
)
from contracts.late_changes_contract import LateChangesContract
from domain.people.aliases import IdentityChange, Observation
from domain.people.person import Person
from support.aliases import alias, aliases

DAY = 24 * 3600


@define
class ContendedStore:
    """A store in which another process always changes the keys first."""

    async def run(self, script: scripts.Script, keys: list[str], arguments: list[scripts.Argument]) -> object:
        return 1 if script is scripts.ENTER else (None, "a digest")


class TestMemoryDirectory(DirectoryContract, LateChangesContract):
    @pytest.fixture
    def directory(self) -> MemoryDirectory:
        return MemoryDirectory()


class TestRedisDirectory(DirectoryContract, LateChangesContract):
    @pytest.fixture
    def directory(self, store: StoreConnections, keys: Keys) -> RedisDirectory:
        return RedisDirectory(store=store, keys=keys)

    async def days_pass(self, directory: RedisDirectory, days: int) -> None:
        """Every record is so much nearer to its end; at its end it is deleted."""
        commands = directory.store.commands
        for name in await commands.keys(f"{directory.keys.prefix}:*"):
            if (seconds := await commands.ttl(name)) >= 0:
                await commands.expire(name, seconds - days * DAY)

    async def test_a_number_alone_costs_no_key(self, directory: RedisDirectory, store: StoreConnections) -> None:
        """A number with a user id costs two: whoever comes with another user id later is another person."""
        await id_of(directory, phone=OLD)
        assert await store.commands.keys(f"{directory.keys.prefix}:*") == []
        await id_of(directory, phone=OLD, user_id=USER)

        assert set(await store.commands.keys(f"{directory.keys.prefix}:*")) == {
            directory.key("whatsapp", name) for name in aliases(OLD, USER)
        }

    async def test_an_alias_is_kept_while_it_is_used(self, directory: RedisDirectory, store: StoreConnections) -> None:
        """It expires some hundred days after the last message of the person."""
        name = directory.key("whatsapp", alias(USER))
        await id_of(directory, user_id=USER)
        lives = [await store.commands.ttl(name)]
        for days in (201, 199):
            await store.commands.expire(name, days * DAY)
            await id_of(directory, user_id=USER)
            lives.append(await store.commands.ttl(name))

        assert [round(seconds / DAY) for seconds in lives] == [400, 201, 400]

    async def test_a_number_that_was_given_up_once_is_remembered_for_good(
        self, directory: RedisDirectory, store: StoreConnections
    ) -> None:
        """Otherwise its next owner would get the conversation of its first one, who may still write."""
        name = directory.key("whatsapp", alias(OLD))
        await change(directory, OLD, to=(NEW,))
        given_up = await store.commands.ttl(name)
        await id_of(directory, phone=OLD)

        assert (given_up, await store.commands.ttl(name)) == (-1, -1)

    @pytest.mark.parametrize("given_up", [False, True])
    async def test_a_person_met_by_many_processes_at_once_has_one_id(
        self, directory: RedisDirectory, store_url: str, given_up: bool
    ) -> None:
        """Also when each process sees other aliases."""
        if given_up:
            await change(directory, OLD, to=(NEW,))
        other_store = StoreConnections.to(store_url)
        other = RedisDirectory(store=other_store, keys=directory.keys)
        persons = [Person(phone=OLD, user_id=USER), Person(user_id=USER)]

        seen = await asyncio.gather(
            *(
                each.ids(channel="whatsapp", seen=[Observation(person=person, at=later())])
                for person in persons * 10
                for each in (directory, other)
            )
        )
        await other_store.aclose()

        assert len(set(seen)) == 1
        assert await id_of(directory, user_id=USER) == seen[0][0]

    async def test_a_change_delivered_to_many_processes_at_once(
        self, directory: RedisDirectory, store_url: str
    ) -> None:
        """It is applied once."""
        other_store = StoreConnections.to(store_url)
        other = RedisDirectory(store=other_store, keys=directory.keys)
        moved = later()
        notice = IdentityChange(channel="whatsapp", known=aliases(OLD, USER), new=aliases(NEW, NEW_USER), at=moved)

        await asyncio.gather(*(each.change(change=notice) for each in [directory, other] * 10))
        await other_store.aclose()

        assert await id_of(directory, phone=NEW) == await id_of(directory, user_id=NEW_USER) == OLD
        assert await id_of(directory, phone=OLD) == f"{OLD}~2"

    async def test_different_changes_at_the_same_time(self, directory: RedisDirectory, store_url: str) -> None:
        """In any order, nobody is taken for somebody else."""
        other_store = StoreConnections.to(store_url)
        other = RedisDirectory(store=other_store, keys=directory.keys)
        moves = [
            IdentityChange(channel="whatsapp", known=aliases(before), new=aliases(after), at=later())
            for before, after in ((OLD, NEW), (NEW, THIRD), (FOURTH, OLD))
        ]

        await asyncio.gather(*(each.change(change=move) for move in moves * 3 for each in (directory, other)))
        await other_store.aclose()

        ids = [await id_of(directory, phone=number) for number in (OLD, NEW, THIRD, FOURTH)]
        assert ids[0] == FOURTH
        assert len(set(ids)) == len(ids)

    async def test_records_that_change_all_the_time_are_an_error(self, directory: RedisDirectory) -> None:
        """The channel then delivers again."""
        restless = evolve(directory, store=ContendedStore())

        with pytest.raises(StoreUnavailableError):
            await id_of(restless, user_id=USER)
        with pytest.raises(StoreUnavailableError):
            await change(restless, OLD, to=(NEW,))

    async def test_without_the_store_it_raises(self, keys: Keys) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await id_of(RedisDirectory(store=away, keys=keys), phone=OLD)
        await away.aclose()
