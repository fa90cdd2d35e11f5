"""Both send rate limiters keep the contract."""

import asyncio
from collections.abc import Callable

import pytest

from adapters.memory.send_rate_limiter import MemorySendRateLimiter
from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from application.ports.send_rate_limiter import SendRateLimiter
from application.ports.store import StoreUnavailableError
from contracts.send_rate_limiter_contract import ANA, BOB, QUICK, SLOW, TWICE, SendRateLimiterContract
from domain.policies.send_rate import SendRates
from support.polling import eventually

CALLS: dict[str, Callable[[SendRateLimiter], object]] = {
    "take": lambda send_rate_limiter: send_rate_limiter.take(conversation=ANA, send_rates=SendRates(person=SLOW)),
    "back_off": lambda send_rate_limiter: send_rate_limiter.back_off(conversation=ANA, seconds=1),
}


class TestMemorySendRateLimiter(SendRateLimiterContract):
    @pytest.fixture
    def send_rate_limiter(self) -> MemorySendRateLimiter:
        return MemorySendRateLimiter()


class TestRedisSendRateLimiter(SendRateLimiterContract):
    @pytest.fixture
    def send_rate_limiter(self, store: StoreConnections, keys: Keys) -> RedisSendRateLimiter:
        return RedisSendRateLimiter(store=store, keys=keys)

    async def test_whole_credit_costs_no_key(
        self, send_rate_limiter: RedisSendRateLimiter, store: StoreConnections
    ) -> None:
        """Nor does a wait that is over."""
        await send_rate_limiter.take(conversation=ANA, send_rates=SendRates(person=QUICK, number=QUICK))
        await send_rate_limiter.back_off(conversation=BOB, seconds=0.05)

        async def gone() -> bool:
            return not await store.commands.keys(f"{send_rate_limiter.keys.prefix}:*")

        await eventually(gone)

    async def test_a_wait_does_not_shorten_the_memory_of_what_was_sent(
        self, send_rate_limiter: RedisSendRateLimiter, store: StoreConnections
    ) -> None:
        """And the credit does not shorten the wait."""
        await send_rate_limiter.take(conversation=ANA, send_rates=SendRates(person=SLOW))
        await send_rate_limiter.back_off(conversation=ANA, seconds=0.05)
        await send_rate_limiter.back_off(conversation=BOB, seconds=120)
        names = [f"{send_rate_limiter.keys.prefix}:send_rate:{conversation}" for conversation in (ANA, BOB)]

        assert [round(await store.commands.ttl(name), -1) for name in names] == [60, 120]

    async def test_nothing_is_given_back_to_whole_credit(
        self, send_rate_limiter: RedisSendRateLimiter, store: StoreConnections
    ) -> None:
        """It may have become whole since the credit was taken."""
        name = f"{send_rate_limiter.keys.prefix}:send_rate:{ANA}"

        await store.run(scripts.RETURN_CREDIT, [name], [1_000_000])

        assert not await store.commands.exists(name)

    async def test_all_processes_spend_the_same_credit(
        self, send_rate_limiter: RedisSendRateLimiter, store_url: str
    ) -> None:
        """At the same time, for person and number."""
        other_store = StoreConnections.to(store_url)
        other = RedisSendRateLimiter(store=other_store, keys=send_rate_limiter.keys)
        send_rates = SendRates(person=SLOW, number=TWICE)

        waits = await asyncio.gather(
            *(
                each.take(conversation=ANA, send_rates=send_rates)
                for _ in range(20)
                for each in (send_rate_limiter, other)
            )
        )
        await other_store.aclose()

        assert [wait for wait in waits if wait == 0] == [0, 0]

    @pytest.mark.parametrize("call", CALLS)
    async def test_without_the_store_it_raises(self, keys: Keys, call: str) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await CALLS[call](RedisSendRateLimiter(store=away, keys=keys))  # type: ignore[misc]
        await away.aclose()
