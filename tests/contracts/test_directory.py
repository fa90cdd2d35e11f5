"""Both directories keep the contract."""

import asyncio

import pytest

from adapters.memory.directory import MemoryDirectory
from adapters.redis.connection import StoreConnections
from adapters.redis.directory import RedisDirectory
from adapters.redis.keys import Keys
from application.ports.store import StoreUnavailableError
from contracts.directory_contract import NEW, OLD, USER, DirectoryContract, change, id_of
from domain.conversations import Person

DAY = 24 * 3600


class TestMemoryDirectory(DirectoryContract):
    @pytest.fixture
    def directory(self) -> MemoryDirectory:
        return MemoryDirectory()


class TestRedisDirectory(DirectoryContract):
    @pytest.fixture
    def directory(self, store: StoreConnections, keys: Keys) -> RedisDirectory:
        return RedisDirectory(store=store, keys=keys)

    async def test_a_number_alone_costs_no_key(self, directory: RedisDirectory, store: StoreConnections) -> None:
        """And a number with a user id one."""
        await id_of(directory, phone=OLD)
        assert await store.commands.keys(f"{directory.keys.prefix}:*") == []
        await id_of(directory, phone=OLD, user_id=USER)

        assert await store.commands.keys(f"{directory.keys.prefix}:*") == [
            f"{directory.keys.prefix}:alias:whatsapp:{USER}"
        ]

    async def test_an_alias_is_kept_while_it_is_used(self, directory: RedisDirectory, store: StoreConnections) -> None:
        """It expires some hundred days after the person was last heard of."""
        name = f"{directory.keys.prefix}:alias:whatsapp:{USER}"
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
        """Or its next owner would be taken for its first, who may still be there."""
        name = f"{directory.keys.prefix}:alias:whatsapp:{OLD}"
        await change(directory, OLD, to=(NEW,))
        given_up = await store.commands.ttl(name)
        await id_of(directory, phone=OLD)

        assert (given_up, await store.commands.ttl(name)) == (-1, -1)

    @pytest.mark.parametrize("given_up", [False, True])
    async def test_who_is_met_by_many_at_once_has_one_id(
        self, directory: RedisDirectory, store_url: str, given_up: bool
    ) -> None:
        """By several processes, and by different aliases."""
        if given_up:
            await change(directory, OLD, to=(NEW,))
        other_store = StoreConnections.to(store_url)
        other = RedisDirectory(store=other_store, keys=directory.keys)
        persons = [Person(phone=OLD, user_id=USER), Person(user_id=USER)]

        seen = await asyncio.gather(
            *(each.ids(channel="whatsapp", persons=[person]) for person in persons * 10 for each in (directory, other))
        )
        await other_store.aclose()

        assert len(set(seen)) == 1
        assert await id_of(directory, user_id=USER) == seen[0][0]

    async def test_no_store_no_id(self, keys: Keys) -> None:
        """It is an error of ours, in our words."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await id_of(RedisDirectory(store=away, keys=keys), phone=OLD)
        await away.aclose()
