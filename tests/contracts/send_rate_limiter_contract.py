"""What every SendRateLimiter promises."""

import asyncio
import itertools
import time

import pytest

from adapters.memory import send_rate_limiter as memory_limiter
from adapters.redis import send_rate_limiter as redis_limiter
from application.ports.send_rate_limiter import CreditRequest, SendRateLimiter
from domain.people.person import Conversation
from domain.policies.send_rate import SendRate, SendRates
from support.polling import eventually

ANA = Conversation(channel="whatsapp", user="15550002222")
BOB = Conversation(channel="whatsapp", user="15550003333")
SLOW = SendRate(interval_seconds=60, burst=3)
TWICE = SendRate(interval_seconds=60, burst=2)
ONCE = SendRate(interval_seconds=60)
# A rate whose credit is whole again within the time of a test.
QUICK = SendRate(interval_seconds=0.05, burst=1)
TURNS = (f"turn-{number}" for number in itertools.count())


def people(count: int) -> list[Conversation]:
    return [Conversation(channel="whatsapp", user=f"1555{number:07}") for number in range(count)]


async def waits(
    send_rate_limiter: SendRateLimiter, times: int, *, send_rates: SendRates, conversation: Conversation = ANA
) -> list[float]:
    """The waits of so many turns with one part, in seconds, rounded to tens."""
    return [
        round(
            await send_rate_limiter.take(
                CreditRequest(conversation=conversation, turn_id=next(TURNS), send_rates=send_rates)
            ),
            -1,
        )
        for _ in range(times)
    ]


class SendRateLimiterContract:
    """Inherit, and provide the fixtures `send_rate_limiter` and `other_limiter`: the same credit in another process."""

    async def test_without_a_send_rate_nothing_waits(self, send_rate_limiter: SendRateLimiter) -> None:
        """Every message may be sent at once."""
        assert await waits(send_rate_limiter, 100, send_rates=SendRates()) == [0.0] * 100

    async def test_after_the_burst_one_message_goes_in_each_interval(self, send_rate_limiter: SendRateLimiter) -> None:
        """Asking again does not make the wait longer."""
        assert await waits(send_rate_limiter, 5, send_rates=SendRates(person=SLOW)) == [0, 0, 0, 60, 60]

    async def test_without_a_burst_one_message_goes_in_each_interval(self, send_rate_limiter: SendRateLimiter) -> None:
        """Unused intervals are not saved."""
        assert await waits(send_rate_limiter, 3, send_rates=SendRates(person=ONCE)) == [0, 60, 60]

    async def test_a_send_rate_that_is_removed_limits_nobody(self, send_rate_limiter: SendRateLimiter) -> None:
        """What was sent under it is still remembered."""
        await waits(send_rate_limiter, 3, send_rates=SendRates(person=SLOW, account=SLOW))
        await waits(send_rate_limiter, 1, send_rates=SendRates(account=SLOW), conversation=BOB)

        assert await waits(send_rate_limiter, 2, send_rates=SendRates()) == [0, 0]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW)) == [60]

    async def test_the_next_message_goes_after_the_returned_wait(self, send_rate_limiter: SendRateLimiter) -> None:
        """Exactly one goes then."""
        send_rates = SendRates(person=SendRate(interval_seconds=0.5, burst=2))
        for _ in range(2):
            assert (
                await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="t", send_rates=send_rates)) == 0
            )

        wait = await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="t", send_rates=send_rates))
        assert 0 < wait <= 0.5

        async def goes() -> bool:
            return (
                await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="t", send_rates=send_rates)) == 0
            )

        await eventually(goes, seconds=5)
        assert await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="t", send_rates=send_rates)) > 0

    async def test_each_person_has_their_own_credit(self, send_rate_limiter: SendRateLimiter) -> None:
        """A person who gets many messages does not make others wait."""
        await waits(send_rate_limiter, 3, send_rates=SendRates(person=SLOW))

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW), conversation=BOB) == [0]

    async def test_an_account_has_one_credit_for_all(self, send_rate_limiter: SendRateLimiter) -> None:
        """Each account has its own."""
        other = Conversation(channel="sales", user=BOB.user)
        send_rates = SendRates(account=SLOW)

        waited = [
            await waits(send_rate_limiter, 2, send_rates=send_rates, conversation=conversation)
            for conversation in (ANA, BOB)
        ]

        assert waited == [[0, 0], [0, 60]]
        assert await waits(send_rate_limiter, 1, send_rates=send_rates, conversation=other) == [0]

    async def test_incoming_messages_count_for_the_account(self, send_rate_limiter: SendRateLimiter) -> None:
        """They do not count for the person, and never wait themselves."""
        send_rates = SendRates(person=SLOW, account=SLOW)

        assert (
            await send_rate_limiter.take(
                CreditRequest(conversation=ANA, turn_id="t", send_rates=send_rates, received=3)
            )
            == 0
        )

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(account=SLOW), conversation=BOB) == [120]
        assert await waits(send_rate_limiter, 3, send_rates=SendRates(person=SLOW)) == [0, 0, 60]

    async def test_waiting_for_the_account_costs_no_credit_of_the_person(
        self, send_rate_limiter: SendRateLimiter
    ) -> None:
        """However often they ask."""
        await waits(send_rate_limiter, 3, send_rates=SendRates(account=SLOW), conversation=BOB)
        await waits(send_rate_limiter, 5, send_rates=SendRates(person=TWICE, account=SLOW))

        assert await waits(send_rate_limiter, 3, send_rates=SendRates(person=TWICE)) == [0, 0, 60]

    async def test_waiting_for_the_person_costs_no_credit_of_the_account(
        self, send_rate_limiter: SendRateLimiter
    ) -> None:
        """Others can use it."""
        await waits(send_rate_limiter, 5, send_rates=SendRates(person=TWICE, account=SLOW))

        assert await waits(send_rate_limiter, 2, send_rates=SendRates(account=SLOW), conversation=BOB) == [0, 60]

    async def test_each_who_waits_for_the_account_gets_another_time(self, send_rate_limiter: SendRateLimiter) -> None:
        """One call each is enough. The times are in the order of the calls."""
        send_rates = SendRates(account=ONCE)

        waited = [
            (await waits(send_rate_limiter, 1, send_rates=send_rates, conversation=person))[0] for person in people(5)
        ]

        assert waited == [0, 60, 120, 180, 240]

    async def test_asking_again_does_not_change_the_time(self, send_rate_limiter: SendRateLimiter) -> None:
        """Others do not wait longer for it. The time belongs to the turn, whichever worker asks."""
        send_rates = SendRates(account=ONCE)
        await waits(send_rate_limiter, 1, send_rates=send_rates)

        again = [
            round(await send_rate_limiter.take(CreditRequest(conversation=BOB, turn_id="t", send_rates=send_rates)), -1)
            for _ in range(3)
        ]

        assert again == [60, 60, 60]
        assert await waits(send_rate_limiter, 1, send_rates=send_rates) == [120]

    async def test_short_waits_are_different_too(self, send_rate_limiter: SendRateLimiter) -> None:
        """Nobody has to ask twice because another was quicker."""
        send_rates = SendRates(account=SendRate(interval_seconds=0.6))
        slots = []
        for person in people(4):
            asked = time.monotonic()
            wait = await send_rate_limiter.take(CreditRequest(conversation=person, turn_id="t", send_rates=send_rates))
            slots.append((asked + wait, time.monotonic() + wait))

        earliest, latest = slots[0]
        for place, (after, before) in enumerate(slots):
            assert after <= latest + 0.6 * place
            assert before >= earliest + 0.6 * place

    async def test_a_turn_that_waited_goes_at_the_second_call(
        self, send_rate_limiter: SendRateLimiter, other_limiter: SendRateLimiter
    ) -> None:
        """With any number of turns before it, and in two processes. All turns together keep the rate."""
        send_rates = SendRates(person=SLOW, account=SendRate(interval_seconds=0.02, burst=2))
        sent: list[Conversation] = []
        calls = 0

        async def send(person: Conversation, limiter: SendRateLimiter) -> None:
            nonlocal calls
            while True:
                calls += 1
                wait = await limiter.take(CreditRequest(conversation=person, turn_id="t", send_rates=send_rates))
                if not wait:
                    sent.append(person)
                    return
                # asyncio's clock and the store's are not the same: a little later is certainly not before.
                await asyncio.sleep(wait + 0.005)

        everybody = people(40)
        began = time.monotonic()
        async with asyncio.timeout(20), asyncio.TaskGroup() as group:
            for person, limiter in zip(everybody, itertools.cycle((send_rate_limiter, other_limiter)), strict=False):
                group.create_task(send(person, limiter))

        assert calls <= 2 * len(everybody)
        assert time.monotonic() - began >= 38 * 0.02
        assert sorted(sent, key=str) == sorted(everybody, key=str)

    async def test_a_turn_from_the_line_goes_before_newcomers(self, send_rate_limiter: SendRateLimiter) -> None:
        """A newcomer stands behind all who wait."""
        send_rates = SendRates(account=SendRate(interval_seconds=2.5))
        first, second, third, newcomer = people(4)
        for person in (first, second, third):
            await send_rate_limiter.take(CreditRequest(conversation=person, turn_id="t", send_rates=send_rates))

        async def goes() -> bool:
            return (
                await send_rate_limiter.take(CreditRequest(conversation=second, turn_id="t", send_rates=send_rates))
                == 0
            )

        await eventually(goes, seconds=5)
        wait = await send_rate_limiter.take(CreditRequest(conversation=newcomer, turn_id="t", send_rates=send_rates))
        assert 2.5 < wait <= 5

    async def test_each_part_needs_a_slot_of_its_own(self, send_rate_limiter: SendRateLimiter) -> None:
        """Also right after one for which the turn had to wait."""
        send_rates = SendRates(account=SendRate(interval_seconds=0.8))
        await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="t", send_rates=send_rates))

        async def goes() -> bool:
            return (
                await send_rate_limiter.take(CreditRequest(conversation=BOB, turn_id="t", send_rates=send_rates)) == 0
            )

        await eventually(goes)
        assert await send_rate_limiter.take(CreditRequest(conversation=BOB, turn_id="t", send_rates=send_rates)) > 0

    async def test_a_place_has_room_for_all_parts(self, send_rate_limiter: SendRateLimiter) -> None:
        """And for the received messages. The reply is sent at once, and the next turn stands behind all of it."""
        send_rates = SendRates(account=ONCE)
        first, second, third = people(3)
        await send_rate_limiter.take(CreditRequest(conversation=first, turn_id="t", send_rates=send_rates))

        second_waits = await send_rate_limiter.take(
            CreditRequest(conversation=second, turn_id="t", send_rates=send_rates, received=2, parts=3)
        )
        third_waits = await send_rate_limiter.take(
            CreditRequest(conversation=third, turn_id="t", send_rates=send_rates)
        )

        assert [round(second_waits, -1), round(third_waits, -1)] == [60, 360]

    async def test_a_slot_that_was_missed_is_given_anew(
        self, send_rate_limiter: SendRateLimiter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Behind the others: the turns of a worker that failed must not go all at once."""
        for module in (memory_limiter, redis_limiter):
            monkeypatch.setattr(module, "SLOT_KEPT_SECONDS", 0.0)
        send_rates = SendRates(account=SendRate(interval_seconds=0.6))
        for person in (ANA, BOB, people(1)[0]):
            await send_rate_limiter.take(CreditRequest(conversation=person, turn_id="t", send_rates=send_rates))
        answers = [0.6]

        async def has_another_slot() -> bool:
            answers.append(
                await send_rate_limiter.take(CreditRequest(conversation=BOB, turn_id="t", send_rates=send_rates))
            )
            return answers[-1] > answers[-2]

        await eventually(has_another_slot)
        assert min(answers) > 0

    async def test_other_processes_keep_the_times_that_were_given(
        self, send_rate_limiter: SendRateLimiter, other_limiter: SendRateLimiter
    ) -> None:
        """A place and a slot belong to the turn: the worker that asked may be gone."""
        send_rates = SendRates(account=SendRate(interval_seconds=1.5))
        await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="t", send_rates=send_rates))
        began = time.monotonic()

        first, second = [
            [
                await limiter.take(CreditRequest(conversation=person, turn_id="t", send_rates=send_rates))
                for person in people(3)
            ]
            for limiter in (send_rate_limiter, other_limiter)
        ]

        took = time.monotonic() - began
        assert first[0] < first[1] < first[2]
        assert all(before - took - 0.01 <= after < before for before, after in zip(first, second, strict=True))

    async def test_while_nobody_waits_turns_begin_at_once(self, send_rate_limiter: SendRateLimiter) -> None:
        """This counts nothing."""
        send_rates = SendRates(person=ONCE, account=TWICE)
        for _ in range(5):
            assert (
                await send_rate_limiter.line_up(conversation=ANA, turn_id="t", send_rates=send_rates, received=1) == 0
            )

        assert await waits(send_rate_limiter, 1, send_rates=send_rates) == [0]

    async def test_a_turn_stands_in_the_line_before_it_begins(self, send_rate_limiter: SendRateLimiter) -> None:
        """With room for one part and the received messages. The place is also the one for sending."""
        send_rates = SendRates(account=ONCE)
        first, second, third = people(3)
        for person in (first, second):
            await send_rate_limiter.take(CreditRequest(conversation=person, turn_id="t", send_rates=send_rates))

        begins = [
            await send_rate_limiter.line_up(conversation=third, turn_id="t", send_rates=send_rates, received=2)
            for _ in range(2)
        ]
        sends = await send_rate_limiter.take(CreditRequest(conversation=third, turn_id="t", send_rates=send_rates))

        assert [round(wait, -1) for wait in (*begins, sends)] == [120, 120, 120]
        assert await waits(send_rate_limiter, 1, send_rates=send_rates) == [300]

    async def test_a_turn_that_waits_for_its_person_stands_in_the_line_too(
        self, send_rate_limiter: SendRateLimiter
    ) -> None:
        """Both waits go on at the same time."""
        send_rates = SendRates(person=ONCE, account=ONCE)
        await waits(send_rate_limiter, 1, send_rates=send_rates, conversation=ANA)
        await waits(send_rate_limiter, 1, send_rates=send_rates, conversation=BOB)

        begins = await send_rate_limiter.line_up(conversation=ANA, turn_id="t", send_rates=send_rates, received=0)

        assert round(begins, -1) == 120

    async def test_the_next_turn_of_a_person_stands_in_the_line_anew(self, send_rate_limiter: SendRateLimiter) -> None:
        """The place was that of the turn before."""
        send_rates = SendRates(account=ONCE)
        await waits(send_rate_limiter, 1, send_rates=send_rates, conversation=BOB)

        assert await waits(send_rate_limiter, 3, send_rates=send_rates) == [60, 120, 180]

    async def test_a_turn_that_never_comes_back_leaves_its_place_to_nobody(
        self, send_rate_limiter: SendRateLimiter
    ) -> None:
        """An operator discarded it. The person's next turn has nothing to do with its place."""
        await waits(send_rate_limiter, 1, send_rates=SendRates(account=ONCE), conversation=BOB)
        await send_rate_limiter.take(
            CreditRequest(conversation=ANA, turn_id="discarded", send_rates=SendRates(account=ONCE))
        )
        await send_rate_limiter.back_off_all(channel="whatsapp", seconds=1)

        waited = [
            await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="next", send_rates=SendRates()))
            for _ in range(2)
        ]

        assert max(waited) <= 1

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
            send_rates = SendRates(person=TWICE)
            return (
                await send_rate_limiter.take(CreditRequest(conversation=ANA, turn_id="t", send_rates=send_rates)) == 0
            )

        await eventually(goes, seconds=5)
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=TWICE)) == [60]

    async def test_all_people_wait_when_the_account_was_throttled(self, send_rate_limiter: SendRateLimiter) -> None:
        """Other accounts are not affected."""
        other = Conversation(channel="sales", user=BOB.user)
        await send_rate_limiter.back_off_all(channel="whatsapp", seconds=60)

        assert await waits(send_rate_limiter, 1, send_rates=SendRates(), conversation=BOB) == [60]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(person=SLOW, account=SLOW)) == [60]
        assert await waits(send_rate_limiter, 1, send_rates=SendRates(account=SLOW), conversation=other) == [0]

    async def test_who_has_a_slot_waits_too_when_the_account_was_too_much(
        self, send_rate_limiter: SendRateLimiter
    ) -> None:
        """A slot was promised before the channel refused a message."""
        send_rates = SendRates(account=SendRate(interval_seconds=0.2))
        for person in (ANA, BOB):
            await send_rate_limiter.take(CreditRequest(conversation=person, turn_id="t", send_rates=send_rates))

        await send_rate_limiter.back_off_all(channel="whatsapp", seconds=60)

        wait = await send_rate_limiter.take(CreditRequest(conversation=BOB, turn_id="t", send_rates=send_rates))
        assert round(wait, -1) == 60

    async def test_after_a_wait_for_all_they_go_one_after_the_other(self, send_rate_limiter: SendRateLimiter) -> None:
        """Not all at the moment when it ends."""
        send_rates = SendRates(account=ONCE)
        await send_rate_limiter.back_off_all(channel="whatsapp", seconds=60)

        waited = [
            (await waits(send_rate_limiter, 1, send_rates=send_rates, conversation=person))[0] for person in people(3)
        ]

        assert waited == [60, 120, 180]
