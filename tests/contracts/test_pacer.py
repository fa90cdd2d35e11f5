"""Both pacers keep the contract."""

import asyncio
import time
from collections.abc import Callable

import pytest

from adapters.memory.pacer import MemoryPacer
from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.pacer import RedisPacer
from application.ports.pacer import Pacer
from application.ports.store import StoreUnavailableError
from contracts.pacer_contract import ANA, BOB, PROBE_SECONDS, QUICK, SLOW, TWICE, PacerContract
from domain.pacing import Paces
from support.polling import eventually

CALLS: dict[str, Callable[[Pacer], object]] = {
    "take": lambda pacer: pacer.take(conversation=ANA, paces=Paces(person=SLOW)),
    "slow": lambda pacer: pacer.slow(conversation=ANA, seconds=1),
    "stop": lambda pacer: pacer.stop(channel="whatsapp", reason="spam", seconds=1),
    "stopped": lambda pacer: pacer.stopped(channel="whatsapp"),
    "report": lambda pacer: pacer.report(channel="whatsapp"),
    "resume": lambda pacer: pacer.resume(channel="whatsapp"),
}


class TestMemoryPacer(PacerContract):
    @pytest.fixture
    def pacer(self) -> MemoryPacer:
        return MemoryPacer(probe_seconds=PROBE_SECONDS)


class TestRedisPacer(PacerContract):
    @pytest.fixture
    def pacer(self, store: StoreConnections, keys: Keys) -> RedisPacer:
        return RedisPacer(store=store, keys=keys, probe_seconds=PROBE_SECONDS)

    async def test_whole_credit_costs_no_key(self, pacer: RedisPacer, store: StoreConnections) -> None:
        """Nor does a wait that is over."""
        await pacer.take(conversation=ANA, paces=Paces(person=QUICK, number=QUICK))
        await pacer.slow(conversation=BOB, seconds=0.05)

        async def gone() -> bool:
            return not await store.commands.keys(f"{pacer.keys.prefix}:*")

        await eventually(gone)

    async def test_a_wait_does_not_shorten_the_memory_of_what_was_sent(
        self, pacer: RedisPacer, store: StoreConnections
    ) -> None:
        """Nor the other way round."""
        await pacer.take(conversation=ANA, paces=Paces(person=SLOW))
        await pacer.slow(conversation=ANA, seconds=0.05)
        await pacer.slow(conversation=BOB, seconds=120)
        names = [f"{pacer.keys.prefix}:pace:{conversation}" for conversation in (ANA, BOB)]

        assert [round(await store.commands.ttl(name), -1) for name in names] == [60, 120]

    async def test_nothing_is_given_back_to_whole_credit(self, pacer: RedisPacer, store: StoreConnections) -> None:
        """It may have become whole since something was taken."""
        name = f"{pacer.keys.prefix}:pace:{ANA}"

        await store.run(scripts.RETURN_CREDIT, [name], [1_000_000])

        assert not await store.commands.exists(name)

    async def test_all_processes_spend_the_same_credit(self, pacer: RedisPacer, store_url: str) -> None:
        """At the same moment, of person and number."""
        other_store = StoreConnections.to(store_url)
        other = RedisPacer(store=other_store, keys=pacer.keys)
        paces = Paces(person=SLOW, number=TWICE)

        waits = await asyncio.gather(
            *(each.take(conversation=ANA, paces=paces) for _ in range(20) for each in (pacer, other))
        )
        await other_store.aclose()

        assert [wait for wait in waits if wait == 0] == [0, 0]

    async def test_one_process_tries_a_stopped_number(self, pacer: RedisPacer) -> None:
        """When its time is over, of all that ask at the same moment."""
        await pacer.stop(channel="whatsapp", reason="spam", seconds=0)

        stops = await asyncio.gather(*(pacer.stopped(channel="whatsapp") for _ in range(20)))

        assert [stop.seconds for stop in stops if stop].count(0) == 1

    async def test_a_stop_of_an_earlier_version(self, pacer: RedisPacer, store: StoreConnections) -> None:
        """It did not say since when: then it is told from now."""
        await pacer.stop(channel="whatsapp", reason="spam", seconds=60)
        await store.commands.hdel(f"{pacer.keys.prefix}:stop:whatsapp", "since")

        report = await pacer.report(channel="whatsapp")

        assert report is not None
        assert report.since == pytest.approx(time.time(), abs=5)

    @pytest.mark.parametrize("call", CALLS)
    async def test_no_store_no_pace(self, keys: Keys, call: str) -> None:
        """It is an error of ours, in our words."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await CALLS[call](RedisPacer(store=away, keys=keys))  # type: ignore[misc]
        await away.aclose()
