"""The channel confirms what was sent. A send without an answer waits for that."""

import pytest

from application.ports.inbox import DeliveryConfirmation
from application.ports.mailbox import Mailbox
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER, begin_one, nothing_ready, take_over
from domain.conversations.turn import UnconfirmedSend
from support.begin import begin_turn
from support.messages import ANA, BOB, enqueued


class ConfirmationContract:
    """Part of the mailbox contract; provide its fixtures."""

    async def test_a_confirmation_records_the_part_and_ends_the_wait(self, mailbox: Mailbox) -> None:
        """It replaces the answer that never came."""
        await mailbox.accept(messages=[enqueued()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.retry_later(
            claim=claim, after_seconds=60, error="timeout", unconfirmed=UnconfirmedSend(part=0, unconfirmed_attempts=1)
        )

        await mailbox.confirm(
            confirmations=[DeliveryConfirmation(reference=turn.reference(0), message_id="wamid.out.1")]
        )
        _, again = await begin_one(mailbox)

        assert (again.sent, again.confirmation_waits, again.unconfirmed_attempts, again.attempts, again.error) == (
            ("wamid.out.1",),
            0,
            0,
            0,
            "",
        )

    async def test_a_confirmation_may_come_before_the_timeout(self, mailbox: Mailbox) -> None:
        """Then the send is not unconfirmed, and neither is the next part."""
        await mailbox.accept(messages=[enqueued()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.confirm(
            confirmations=[DeliveryConfirmation(reference=turn.reference(0), message_id="wamid.out.1")]
        )

        await mailbox.retry_later(
            claim=claim, after_seconds=60, error="timeout", unconfirmed=UnconfirmedSend(part=0, unconfirmed_attempts=1)
        )
        _, again = await begin_one(mailbox)

        assert (again.sent, again.confirmation_waits, again.unconfirmed_attempts, again.attempts, again.error) == (
            ("wamid.out.1",),
            0,
            0,
            0,
            "",
        )

    async def test_an_unconfirmed_send_is_counted(self, mailbox: Mailbox) -> None:
        """The next worker knows that the part may have arrived already."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.retry_later(
            claim=claim, after_seconds=0, error="timeout", unconfirmed=UnconfirmedSend(part=0, unconfirmed_attempts=2)
        )

        _, again = await begin_one(mailbox)

        assert (again.confirmation_waits, again.unconfirmed_attempts) == (1, 2)

    async def test_a_recorded_part_is_no_longer_unconfirmed(self, mailbox: Mailbox) -> None:
        """The next part starts without unconfirmed sends."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.retry_later(
            claim=claim, after_seconds=0, error="timeout", unconfirmed=UnconfirmedSend(part=0, unconfirmed_attempts=1)
        )
        claim, _ = await begin_one(mailbox)

        await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.out.1"}))
        turn = await begin_turn(mailbox, claim)

        assert turn is not None
        assert (turn.sent, turn.confirmation_waits, turn.unconfirmed_attempts) == (("wamid.out.1",), 0, 0)

    async def test_a_confirmation_counts_while_a_dead_worker_holds_the_lease(self, mailbox: Mailbox) -> None:
        """The worker died after sending and before recording. The confirmation comes before the takeover."""
        await mailbox.accept(messages=[enqueued()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)

        await mailbox.confirm(
            confirmations=[DeliveryConfirmation(reference=turn.reference(0), message_id="wamid.out.1")]
        )
        resumed = await begin_turn(mailbox, await take_over(mailbox, worker="b"))

        assert resumed is not None
        assert resumed.sent == ("wamid.out.1",)

    async def test_confirmations_of_several_parts_and_turns_come_together(self, mailbox: Mailbox) -> None:
        """A webhook may have many statuses. Each counts for its own part of its own turn."""
        await mailbox.accept(messages=[enqueued(person=ANA), enqueued(person=BOB)])
        begun = [await begin_one(mailbox) for _ in range(2)]
        for claim, _ in begun:
            await mailbox.save_reply(claim=claim, reply=ANSWER)
        parts = [begun[0][1].reference(0), begun[0][1].reference(1), begun[1][1].reference(0)]

        await mailbox.confirm(
            confirmations=[DeliveryConfirmation(reference=part, message_id=f"wamid.{part.part}") for part in parts]
        )
        turns = [await begin_turn(mailbox, claim) for claim, _ in begun]

        assert [turn.sent for turn in turns if turn] == [("wamid.0", "wamid.1"), ("wamid.0",)]

    @pytest.mark.parametrize("part", [0, 2])
    async def test_a_confirmation_of_another_part_changes_nothing(self, mailbox: Mailbox, part: int) -> None:
        """Statuses of recorded parts keep coming, and no status can skip a part."""
        await mailbox.accept(messages=[enqueued()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.out.1"}))

        await mailbox.confirm(confirmations=[DeliveryConfirmation(reference=turn.reference(part), message_id="other")])

        resumed = await begin_turn(mailbox, claim)
        assert resumed is not None
        assert resumed.sent == ("wamid.out.1",)

    async def test_a_confirmation_of_a_turn_that_is_over_changes_nothing(self, mailbox: Mailbox) -> None:
        """Nor does one for a conversation that has nothing to do."""
        await mailbox.accept(messages=[enqueued()])
        claim, old = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        await mailbox.confirm(confirmations=[DeliveryConfirmation(reference=old.reference(0), message_id="late")])
        await mailbox.accept(messages=[enqueued()])
        _, turn = await begin_one(mailbox)

        await mailbox.confirm(confirmations=[DeliveryConfirmation(reference=old.reference(0), message_id="late")])

        assert turn.sent == ()
        assert await nothing_ready(mailbox)
