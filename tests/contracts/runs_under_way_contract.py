"""What every mailbox knows about turns whose agent is still being asked."""

from application.ports.mailbox import Mailbox
from contracts.mailbox_steps import ANSWER, begin_one
from support.messages import CONVERSATION, enqueued


class RunsUnderWayContract:
    """Part of the mailbox contract; provide its fixtures."""

    async def test_a_run_is_under_way_until_its_reply_is_stored(self, mailbox: Mailbox) -> None:
        """Also while its turn waits for a retry. Afterwards, and of another turn, it is not."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, turn = await begin_one(mailbox)

        async def awaited(turn_id: str = turn.id) -> bool:
            return await mailbox.awaits_reply(conversation=CONVERSATION, turn_id=turn_id)

        begun, another = await awaited(), await awaited("another")
        await mailbox.retry_later(claim=claim, after_seconds=0, error="agent: timeout")
        retried = await awaited()
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        replied = await awaited()
        await mailbox.complete(claim=claim)

        assert (begun, another, retried, replied, await awaited()) == (True, False, True, False, False)
