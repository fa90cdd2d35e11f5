"""A turn waits while the person is still writing, but not for ever."""

import time

from application.ports.mailbox import Mailbox
from contracts.mailbox_steps import begin_one, bodies, nothing_ready
from domain.policies.debounce import Debounce
from support.begin import begin_turn
from support.messages import enqueued
from support.polling import eventually


class DebounceContract:
    """Part of the mailbox contract; provide its fixtures."""

    async def test_waits_for_the_person_to_finish(self, mailbox: Mailbox) -> None:
        """Messages that come close together are one turn."""
        wait = Debounce(quiet_seconds=0.15, cap_seconds=5)
        await mailbox.accept(messages=[enqueued("one", debounce=wait, sent_at=1)])
        assert await nothing_ready(mailbox)
        await mailbox.accept(messages=[enqueued("two", debounce=wait, sent_at=2)])

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["one", "two"]

    async def test_waiting_has_a_cap(self, mailbox: Mailbox) -> None:
        """However long the quiet time, the cap counts from the first message."""
        wait = Debounce(quiet_seconds=60, cap_seconds=0.15)
        await mailbox.accept(messages=[enqueued("one", debounce=wait, sent_at=1)])
        capped = time.monotonic() + 0.16
        await eventually(lambda: time.monotonic() > capped)
        await mailbox.accept(messages=[enqueued("two", debounce=wait, sent_at=2)])

        await mailbox.promote(partition=0)
        (claim,) = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0.01)

        turn = await begin_turn(mailbox, claim)
        assert turn is not None
        assert bodies(turn) == ["one", "two"]

    async def test_an_immediate_message_ends_the_wait(self, mailbox: Mailbox) -> None:
        """A tap on a button does not wait for more words."""
        await mailbox.accept(messages=[enqueued("one", debounce=Debounce(quiet_seconds=60, cap_seconds=60), sent_at=1)])
        await mailbox.accept(messages=[enqueued("tap", sent_at=2)])

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["one", "tap"]
        assert await mailbox.promote(partition=0) is None

    async def test_messages_that_come_during_a_turn_are_debounced_too(self, mailbox: Mailbox) -> None:
        """The next turn is not split because the last one ended while the person was writing."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("next", debounce=Debounce(quiet_seconds=60, cap_seconds=60))])
        await mailbox.complete(claim=claim)

        assert await nothing_ready(mailbox)
        wait = await mailbox.promote(partition=0)
        assert wait is not None
        assert 50 < wait <= 60

    async def test_more_words_do_not_hurry_a_turn_that_goes_on_later(self, mailbox: Mailbox) -> None:
        """They wait behind it, however short their own wait is."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.defer(claim=claim, after_seconds=60)

        await mailbox.accept(messages=[enqueued("next", debounce=Debounce(quiet_seconds=0.001, cap_seconds=0.001))])

        wait = await mailbox.promote(partition=0)
        assert wait is not None
        assert wait > 50

    async def test_the_newest_message_decides_the_wait(self, mailbox: Mailbox) -> None:
        """Of the messages that came during a turn: the person may still be writing, though the first came long ago."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("tap", sent_at=1_750_000_002)])
        more = enqueued("more", sent_at=1_750_000_003, debounce=Debounce(quiet_seconds=60, cap_seconds=60))
        await mailbox.accept(messages=[more])
        await mailbox.complete(claim=claim)

        assert await nothing_ready(mailbox)

    async def test_that_wait_is_like_any_other(self, mailbox: Mailbox) -> None:
        """More messages prolong it, a tap on a button ends it."""
        wait = Debounce(quiet_seconds=60, cap_seconds=60)
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("next", sent_at=1, debounce=wait)])
        await mailbox.complete(claim=claim)

        await mailbox.accept(messages=[enqueued("more", sent_at=2, debounce=wait)])
        assert await nothing_ready(mailbox)
        await mailbox.accept(messages=[enqueued("tap", sent_at=3)])
        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["next", "more", "tap"]

    async def test_that_wait_has_a_cap(self, mailbox: Mailbox) -> None:
        """As for any message."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("next", debounce=Debounce(quiet_seconds=60, cap_seconds=0.15))])
        await mailbox.complete(claim=claim)

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["next"]

    async def test_that_cap_counts_from_the_first_message(self, mailbox: Mailbox) -> None:
        """A person who keeps writing is answered all the same."""
        wait = Debounce(quiet_seconds=60, cap_seconds=0.05)
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("next", debounce=wait, sent_at=1)])
        capped = time.monotonic() + 0.06
        await eventually(lambda: time.monotonic() > capped)
        await mailbox.accept(messages=[enqueued("more", debounce=wait, sent_at=2)])
        await mailbox.complete(claim=claim)

        (claim,) = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0.01)

        turn = await begin_turn(mailbox, claim)
        assert turn is not None
        assert bodies(turn) == ["next", "more"]

    async def test_waiting_messages_are_ready_as_soon_as_the_turn_is_over(self, mailbox: Mailbox) -> None:
        """Not only at the next `promote`. Also a message that comes at the very end of the turn."""
        await mailbox.accept(messages=[enqueued()])

        for _ in range(20):
            (claim,) = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0.01)
            assert await begin_turn(mailbox, claim) is not None
            await mailbox.accept(messages=[enqueued()])
            await mailbox.complete(claim=claim)
