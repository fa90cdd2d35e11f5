"""Both send rate limiters keep the contract."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import pytest

from adapters.memory.send_rate_limiter import MemorySendRateLimiter
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from application.ports.send_rate_limiter import CreditRequest, SendRateLimiter
from application.ports.store import StoreUnavailableError
from contracts.send_rate_limiter_contract import ANA, BOB, ONCE, QUICK, SLOW, TWICE, SendRateLimiterContract, people
from domain.people.person import Conversation
from domain.policies.send_rate import SendRate, SendRates
from support.polling import eventually

CALLS: dict[str, Callable[[SendRateLimiter], object]] = {
    "take": lambda send_rate_limiter: send_rate_limiter.take(
        CreditRequest(conversation=ANA, turn_id="t", send_rates=SendRates(person=SLOW))
    ),
    "back_off": lambda send_rate_limiter: send_rate_limiter.back_off(conversation=ANA, seconds=1),
}


class TestMemorySendRateLimiter(SendRateLimiterContract):
    @pytest.fixture
    def send_rate_limiter(self) -> MemorySendRateLimiter:
        return MemorySendRateLimiter()

    @pytest.fixture
    def other_limiter(self, send_rate_limiter: MemorySendRateLimiter) -> MemorySendRateLimiter:
        """Memory has no second process."""
        return send_rate_limiter


class TestRedisSendRateLimiter(SendRateLimiterContract):
    @pytest.fixture
    def send_rate_limiter(self, store: StoreConnections, keys: Keys) -> RedisSendRateLimiter:
        return RedisSendRateLimiter(store=store, keys=keys)

    @pytest.fixture
    async def other_limiter(self, store_url: str, keys: Keys) -> AsyncIterator[RedisSendRateLimiter]:
        store = StoreConnections.to(store_url)
        yield RedisSendRateLimiter(store=store, keys=keys)
        await store.aclose()

    async def test_whole_credit_costs_no_key(
        self, send_rate_limiter: RedisSendRateLimiter, store: StoreConnections
    ) -> None:
        """Nor does a wait that is over."""
        await send_rate_limiter.take(
            CreditRequest(conversation=ANA, turn_id="t", send_rates=SendRates(person=QUICK, account=QUICK))
        )
        await send_rate_limiter.back_off(conversation=BOB, seconds=0.05)

        async def gone() -> bool:
            return not await store.commands.keys(f"{send_rate_limiter.keys.prefix}:*")

        await eventually(gone)

    async def test_without_a_send_rate_nothing_is_counted(
        self, send_rate_limiter: RedisSendRateLimiter, store: StoreConnections
    ) -> None:
        """Only a wait is kept, and who waits."""
        await send_rate_limiter.back_off_all(channel=ANA.channel, seconds=1.5)

        await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="t", send_rates=SendRates()))

        account = f"{send_rate_limiter.keys.prefix}:send_rate:{{{ANA.channel}}}"
        assert await store.commands.hkeys(account) == ["blocked_until"]

    async def test_a_wait_does_not_shorten_the_memory_of_what_was_sent(
        self, send_rate_limiter: RedisSendRateLimiter, store: StoreConnections
    ) -> None:
        """And the credit does not shorten the wait."""
        await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="t", send_rates=SendRates(person=SLOW)))
        await send_rate_limiter.back_off(conversation=ANA, seconds=0.05)
        await send_rate_limiter.back_off(conversation=BOB, seconds=120)
        names = [f"{send_rate_limiter.keys.prefix}:send_rate:{{whatsapp}}:{person}" for person in (ANA, BOB)]

        assert [round(await store.commands.ttl(name), -1) for name in names] == [60, 120]

    async def test_a_line_that_ended_meanwhile_costs_nothing(self, send_rate_limiter: RedisSendRateLimiter) -> None:
        """Nothing is counted, and the turn begins."""
        send_rate_limiter._lines["whatsapp"] = time.monotonic() + 60
        send_rates = SendRates(person=ONCE, account=ONCE)

        assert await send_rate_limiter.line_up(conversation=ANA, turn_id="t", send_rates=send_rates, received=5) == 0

        assert await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="t", send_rates=send_rates)) == 0

    async def test_what_was_promised_is_kept_for_who_comes_late(
        self, send_rate_limiter: RedisSendRateLimiter, store: StoreConnections
    ) -> None:
        """For ten minutes longer, then it is deleted. The line is kept until it ends."""
        quick, slow = SendRate(interval_seconds=1.9), SendRate(interval_seconds=60)
        sales = [Conversation(channel="sales", user=person.user) for person in people(2)]
        for rate, everybody in ((quick, people(2)), (slow, sales)):
            for person in everybody:
                await send_rate_limiter.take(
                    CreditRequest(conversation=person, turn_id="t", send_rates=SendRates(account=rate))
                )
        prefix = f"{send_rate_limiter.keys.prefix}:send_rate:"
        names = [f"{prefix}{name}" for name in (f"{{whatsapp}}:{people(2)[1]}", f"{{sales}}:{sales[1]}", "{sales}")]

        assert [round(await store.commands.ttl(name), -1) for name in names] == [600, 660, 120]

    async def test_all_processes_spend_the_same_credit(
        self, send_rate_limiter: RedisSendRateLimiter, other_limiter: RedisSendRateLimiter
    ) -> None:
        """At the same time, for person and account; those of the account who wait have all different places."""
        send_rates = SendRates(person=SLOW, account=TWICE)
        limiters = (send_rate_limiter, other_limiter)

        waits = await asyncio.gather(
            *(
                limiters[number % 2].take(CreditRequest(conversation=person, turn_id="t", send_rates=send_rates))
                for number, person in enumerate(people(20))
            )
        )

        assert sorted(round(wait, -1) for wait in waits) == [0, *(60 * place for place in range(19))]

    async def test_without_a_line_a_turn_begins_without_a_call(
        self, send_rate_limiter: RedisSendRateLimiter, store: StoreConnections
    ) -> None:
        """A process knows the line, and its end, from its latest call."""
        send_rates = SendRates(account=SendRate(interval_seconds=2.5))
        away = RedisSendRateLimiter(store=StoreConnections.to("redis://127.0.0.1:1"), keys=send_rate_limiter.keys)

        assert await away.line_up(conversation=ANA, turn_id="t", send_rates=send_rates, received=1) == 0
        for person in people(2):
            await send_rate_limiter.take(CreditRequest(conversation=person, turn_id="t", send_rates=send_rates))
        assert send_rate_limiter._lines["whatsapp"] == pytest.approx(time.monotonic() + 5, abs=1)
        assert await send_rate_limiter.line_up(conversation=ANA, turn_id="t", send_rates=send_rates, received=1) > 2.5

    @pytest.mark.parametrize("call", CALLS)
    async def test_without_the_store_it_raises(self, keys: Keys, call: str) -> None:
        """An error of the application, not of the driver."""
        away = StoreConnections.to("redis://127.0.0.1:1", timeout_seconds=0.2)

        with pytest.raises(StoreUnavailableError):
            await CALLS[call](RedisSendRateLimiter(store=away, keys=keys))  # type: ignore[misc]
        await away.aclose()
