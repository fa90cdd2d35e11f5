"""What every SendRateLimiter promises."""

from application.ports.send_rate_limiter import SendRateLimiter
from domain.people.person import Conversation
from domain.policies.send_rate import SendRate, SendRates
from support.polling import eventually

ANA = Conversation(channel="whatsapp", user="15550002222")
BOB = Conversation(channel="whatsapp", user="15550003333")
SLOW = SendRate(interval_seconds=60, burst=3)
TWICE = SendRate(interval_seconds=60, burst=2)
# A rate whose credit is whole again within the time of a test.
QUICK = SendRate(interval_seconds=0.05, burst=1)


async def waits(
    send_rate_limiter: SendRateLimiter, times: int, *, send_rates: SendRates, conversation: Conversation = ANA
) -> list[float]:
    """The waits of so many attempts to send, in seconds, rounded to tens."""
    return [
        round(await send_rate_limiter.take(conversation=conversation, send_rates=send_rates), -1) for _ in range(times)
    ]


class SendRateLimiterContract:
    """Inherit, and provide the fixture `send_rate_limiter`."""

    async def test_without_a_send_rate_nothing_waits(self, send_rate_limiter: SendRateLimiter) -> None:
        """Every message may be sent at once."""
        assert await waits(send_rate_limiter, 100, send_rates=SendRates()) == [0.0] * 100

    async def test_after_the_burst_one_message_goes_in_each_interval(self, send_rate_limiter: SendRateLimiter) -> None:
        """Asking again does not make the wait longer."""
        assert await waits(send_rate_limiter, 5, send_rates=SendRates(person=SLOW)) == [0, 0, 0, 60, 60]

    async def test_without_a_burst_one_message_goes_in_each_interval(self, send_rate_limiter: SendRateLimiter) -> None:
        """Unused intervals are not saved."""
        send_rates = SendRates(person=SendRate(interval_seconds=60))

        assert await waits(send_rate_limiter, 3, send_rates=send_rates) == [0, 60, 60]

    async def test_a_send_rate_that_is_removed_limits_nobody(self, send_rate_limiter: SendRateLimiter) -> None:
        """What was sent under it is still remembered."""
        await waits(send_rate_limiter, 3, send_rates=SendRates(person=SLOW, number=SLOW))

        assert await waits(send_rate_limiter, 2, send_rates=SendRates()) == [0, 0]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW)) == [60]

    async def test_the_next_message_goes_after_the_returned_wait(self, send_rate_limiter: SendRateLimiter) -> None:
        """Exactly one goes then."""
        send_rates = SendRates(person=SendRate(interval_seconds=0.05, burst=2))
        for _ in range(2):
            assert await send_rate_limiter.take(conversation=ANA, send_rates=send_rates) == 0

        wait = await send_rate_limiter.take(conversation=ANA, send_rates=send_rates)
        assert 0 < wait <= 0.05

        async def goes() -> bool:
            return await send_rate_limiter.take(conversation=ANA, send_rates=send_rates) == 0

        await eventually(goes, seconds=5)
        assert await send_rate_limiter.take(conversation=ANA, send_rates=send_rates) > 0

    async def test_each_person_has_their_own_credit(self, send_rate_limiter: SendRateLimiter) -> None:
        """A person who gets many messages does not make others wait."""
        await waits(send_rate_limiter, 3, send_rates=SendRates(person=SLOW))

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW), conversation=BOB) == [0]

    async def test_a_number_has_one_credit_for_all(self, send_rate_limiter: SendRateLimiter) -> None:
        """Each number has its own."""
        other = Conversation(channel="sales", user=BOB.user)
        send_rates = SendRates(number=SLOW)

        waited = [
            await waits(send_rate_limiter, 2, send_rates=send_rates, conversation=conversation)
            for conversation in (ANA, BOB)
        ]

        assert waited == [[0, 0], [0, 60]]
        assert await waits(send_rate_limiter, 1, send_rates=send_rates, conversation=other) == [0]

    async def test_incoming_messages_count_for_the_number(self, send_rate_limiter: SendRateLimiter) -> None:
        """They do not count for the person, and never wait themselves."""
        send_rates = SendRates(person=SLOW, number=SLOW)

        assert await send_rate_limiter.take(conversation=ANA, send_rates=send_rates, received=3) == 0

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(number=SLOW), conversation=BOB) == [120]
        assert await waits(send_rate_limiter, 3, send_rates=SendRates(person=SLOW)) == [0, 0, 60]

    async def test_waiting_for_the_number_costs_no_credit_of_the_person(
        self, send_rate_limiter: SendRateLimiter
    ) -> None:
        """However often they ask."""
        await waits(send_rate_limiter, 3, send_rates=SendRates(number=SLOW), conversation=BOB)
        await waits(send_rate_limiter, 5, send_rates=SendRates(person=TWICE, number=SLOW))

        assert await waits(send_rate_limiter, 3, send_rates=SendRates(person=TWICE)) == [0, 0, 60]

    async def test_waiting_for_the_person_costs_no_credit_of_the_number(
        self, send_rate_limiter: SendRateLimiter
    ) -> None:
        """Others can use it."""
        await waits(send_rate_limiter, 5, send_rates=SendRates(person=TWICE, number=SLOW))

        assert await waits(send_rate_limiter, 2, send_rates=SendRates(number=SLOW), conversation=BOB) == [0, 60]

    async def test_a_person_who_was_throttled_waits(self, send_rate_limiter: SendRateLimiter) -> None:
        """With any credit left, and also without a send rate."""
        await send_rate_limiter.back_off(conversation=ANA, seconds=60)

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW)) == [60]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates()) == [60]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW), conversation=BOB) == [0]

    async def test_a_shorter_wait_does_not_end_a_longer_one(self, send_rate_limiter: SendRateLimiter) -> None:
        """The channel asked for both."""
        await send_rate_limiter.back_off(conversation=ANA, seconds=60)
        await send_rate_limiter.back_off(conversation=ANA, seconds=1)

        assert await waits(send_rate_limiter, 1, send_rates=SendRates()) == [60]

    async def test_after_the_wait_messages_are_sent_again(self, send_rate_limiter: SendRateLimiter) -> None:
        """With the credit from before."""
        await waits(send_rate_limiter, 1, send_rates=SendRates(person=TWICE))
        await send_rate_limiter.back_off(conversation=ANA, seconds=0.05)

        async def goes() -> bool:
            return await send_rate_limiter.take(conversation=ANA, send_rates=SendRates(person=TWICE)) == 0

        await eventually(goes, seconds=5)
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=TWICE)) == [60]

    async def test_all_people_wait_when_the_number_was_throttled(self, send_rate_limiter: SendRateLimiter) -> None:
        """Other numbers are not affected."""
        other = Conversation(channel="sales", user=BOB.user)
        await send_rate_limiter.back_off_all(channel="whatsapp", seconds=60)

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW, number=SLOW)) == [60]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(), conversation=BOB) == [60]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(number=SLOW), conversation=other) == [0]
