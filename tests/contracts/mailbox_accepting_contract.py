"""Messages are accepted once, and come back in order, one turn at a time."""

import asyncio

from application.ports.inbox import Acceptance
from application.ports.mailbox import Mailbox
from contracts.mailbox_steps import MAX_WAITING, begin_one, bodies, nothing_ready
from support.begin import begin_turn
from support.messages import ANA, BOB, enqueued


class AcceptingContract:
    """Part of the mailbox contract; provide its fixtures."""

    async def test_preparing_again_changes_nothing(self, mailbox: Mailbox) -> None:
        """Every process prepares at its start, and after an outage of the store."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, turn = await begin_one(mailbox)

        await mailbox.prepare()

        assert await begin_turn(mailbox, claim) == turn

    async def test_a_message_is_new_once(self, mailbox: Mailbox) -> None:
        """A redelivery is recognised, in another call and within one."""
        first, second = enqueued(message_id="wamid.1"), enqueued(message_id="wamid.2")

        assert await mailbox.accept(messages=[first, second, second]) == (True, True, False)
        assert await mailbox.accept(messages=[first]) == (False,)

    async def test_each_channel_has_its_own_message_ids(self, mailbox: Mailbox) -> None:
        """The same id on two channels is two messages."""
        posts = [enqueued(message_id="7", channel="whatsapp"), enqueued(message_id="7", channel="telegram")]

        assert await mailbox.accept(messages=posts) == (True, True)

    async def test_a_limited_number_of_messages_of_one_person_waits(self, mailbox: Mailbox) -> None:
        """More are left out, and are new when they are delivered again later. Other people are not affected."""
        waiting = [enqueued(message_id=f"waits.{number}") for number in range(MAX_WAITING)]
        await mailbox.accept(messages=waiting)
        late, known, other = enqueued(message_id="waits.too"), waiting[0], enqueued(person=BOB)

        assert await mailbox.accept(messages=[late, known, other]) == (
            Acceptance.LEFT_OUT,
            Acceptance.KNOWN,
            Acceptance.NEW,
        )
        claim, turn = await begin_one(mailbox)
        assert len(turn.messages) == 5
        await mailbox.complete(claim=claim)
        assert await mailbox.accept(messages=[late]) == (Acceptance.NEW,)

    async def test_as_many_of_one_webhook_wait(self, mailbox: Mailbox) -> None:
        """Whether others wait already, or none."""
        too_many = [enqueued() for _ in range(MAX_WAITING + 1)]
        expected = (Acceptance.NEW,) * MAX_WAITING + (Acceptance.LEFT_OUT,)

        assert await mailbox.accept(messages=[enqueued(person=BOB) for _ in too_many]) == expected
        first = await mailbox.accept(messages=too_many[:2])
        assert first + await mailbox.accept(messages=too_many[2:]) == expected

    async def test_a_message_stays_known_after_its_turn(self, mailbox: Mailbox) -> None:
        """A late redelivery is dropped."""
        again = enqueued(message_id="wamid.1")
        await mailbox.accept(messages=[again])
        claim, _ = await begin_one(mailbox)
        await mailbox.complete(claim=claim)

        assert await mailbox.accept(messages=[again]) == (False,)
        assert await nothing_ready(mailbox)

    async def test_a_turn_has_the_messages_in_the_channels_order(self, mailbox: Mailbox) -> None:
        """The channel's time orders messages, arrival breaks ties."""
        await mailbox.accept(messages=[enqueued("third", sent_at=30), enqueued("first", sent_at=10)])
        await mailbox.accept(messages=[enqueued("fourth", sent_at=30), enqueued("second", sent_at=20)])

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["first", "second", "third", "fourth"]

    async def test_messages_of_the_same_time_have_the_order_of_the_channel(self, mailbox: Mailbox) -> None:
        """A channel that counts its messages decides, however they arrive: in one call or in several."""
        counts = (2**64 - 1, 1_000, 999, 10, 9)
        await mailbox.accept(messages=[enqueued(str(count), sent_at=10, sequence=count) for count in counts[:3]])
        await mailbox.accept(messages=[enqueued(str(count), sent_at=10, sequence=count) for count in counts[3:]])
        await mailbox.accept(messages=[enqueued("earlier", sent_at=9, sequence=5_000)])

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["earlier", "9", "10", "999", "1000"]

    async def test_messages_of_one_time_and_one_webhook_keep_their_order(self, mailbox: Mailbox) -> None:
        """Whatever their ids are."""
        await mailbox.accept(messages=[enqueued(name, message_id=name, sent_at=30) for name in ("z", "y", "x")])

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["z", "y", "x"]

    async def test_a_message_comes_back_as_it_was(self, mailbox: Mailbox) -> None:
        """Nothing is lost on the way through the store, whatever the text."""
        original = enqueued('naïve \U0001f600 \x00 " \\ \n %s {} |', person=ANA)
        await mailbox.accept(messages=[original])

        _, turn = await begin_one(mailbox)

        assert turn.messages == (original.message,)
        assert turn.conversation == original.message.conversation
        assert (turn.reply, turn.sent, turn.attempts, turn.confirmation_waits) == (None, (), 0, 0)

    async def test_a_long_queue_makes_several_turns(self, mailbox: Mailbox) -> None:
        """A turn takes at most five messages here; the rest follow in order."""
        await mailbox.accept(messages=[enqueued(str(number), sent_at=number) for number in range(7)])

        claim, first = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        _, second = await begin_one(mailbox)

        assert bodies(first) == ["0", "1", "2", "3", "4"]
        assert bodies(second) == ["5", "6"]
        assert first.id != second.id

    async def test_one_turn_at_a_time(self, mailbox: Mailbox) -> None:
        """A message that comes during a turn waits for its end, and is the next turn."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("second")])

        assert await nothing_ready(mailbox)
        await mailbox.complete(claim=claim)
        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["second"]

    async def test_a_conversation_goes_to_the_end_of_the_queue(self, mailbox: Mailbox) -> None:
        """A person who writes all the time does not keep others waiting."""
        await mailbox.accept(messages=[enqueued("ana 1", person=ANA)])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("bob", person=BOB), enqueued("ana 2", person=ANA)])
        await mailbox.complete(claim=claim)

        _, next_turn = await begin_one(mailbox)

        assert bodies(next_turn) == ["bob"]

    async def test_claims_do_not_overlap(self, mailbox: Mailbox) -> None:
        """Two workers never get the same conversation, and none takes more than it asked for."""
        await mailbox.accept(messages=[enqueued(person=ANA), enqueued(person=BOB)])

        first = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=1)
        second = await mailbox.claim(partition=0, worker="b", limit=5, wait_seconds=1)

        assert [len(first), len(second)] == [1, 1]
        assert first[0].conversation != second[0].conversation

    async def test_a_waiting_worker_is_woken(self, mailbox: Mailbox) -> None:
        """No polling: the claim returns as soon as there is something to do."""
        waiting = asyncio.create_task(mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=4))
        await asyncio.sleep(0)
        await mailbox.accept(messages=[enqueued()])

        assert len(await asyncio.wait_for(waiting, 2)) == 1
