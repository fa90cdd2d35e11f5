"""A turn that failed is retried as it was, or becomes a dead letter. Nothing overtakes it."""

import pytest

from application.ports.dead_letters import DeadLetters
from application.ports.mailbox import Mailbox
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER, MAX_DEAD_LETTERS, begin_one, bodies, claim_one, nothing_ready
from support.begin import begin_turn
from support.messages import enqueued


class RetryContract:
    """Part of the mailbox contract; provide its fixtures."""

    async def test_a_retry_is_the_same_turn(self, mailbox: Mailbox) -> None:
        """The same messages come back and the failure is counted, also when more messages have arrived since."""
        await mailbox.accept(messages=[enqueued("first", sent_at=10)])
        claim, turn = await begin_one(mailbox)
        await mailbox.retry_later(claim=claim, after_seconds=0.05, error="agent: timeout")
        await mailbox.accept(messages=[enqueued("earlier", sent_at=5)])

        _, again = await begin_one(mailbox, worker="b")

        assert (again.id, again.attempts, again.error, again.confirmation_waits) == (turn.id, 1, "agent: timeout", 0)
        assert bodies(again) == ["first"]

    async def test_a_retry_knows_the_traces_of_its_message_and_of_the_try_before(self, mailbox: Mailbox) -> None:
        await mailbox.accept(messages=[enqueued("traced", trace="00-webhook-1-01")])
        claim, first = await begin_one(mailbox)
        changes = TurnChanges(trace="00-try-1-01")
        await mailbox.retry_later(claim=claim, after_seconds=0, error="agent: timeout", changes=changes)

        _, again = await begin_one(mailbox, worker="b")

        assert [message.trace for message in (*first.messages, *again.messages)] == ["00-webhook-1-01"] * 2
        assert (first.trace, again.trace) == ("", "00-try-1-01")

    @pytest.mark.parametrize("progress", ["save_reply", "record_sent"])
    async def test_progress_makes_failures_count_afresh(self, mailbox: Mailbox, progress: str) -> None:
        """The agent's failures do not count for the channel, nor those of a part for the next. `retries` counts all."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.retry_later(claim=claim, after_seconds=0, error="unreachable")
        claim, failed = await begin_one(mailbox)

        if progress == "save_reply":
            await mailbox.save_reply(claim=claim, reply=ANSWER)
        else:
            await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.out.1"}))
        turn = await begin_turn(mailbox, claim)

        assert (failed.attempts, failed.error) == (1, "unreachable")
        assert turn is not None
        assert (turn.attempts, turn.retries, turn.error) == (0, 1, "")

    async def test_nothing_overtakes_a_turn_that_waits(self, mailbox: Mailbox) -> None:
        """New messages, even immediate ones, stay behind it."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.retry_later(claim=claim, after_seconds=60, error="agent: timeout")
        await mailbox.accept(messages=[enqueued("second")])

        assert await nothing_ready(mailbox)

    async def test_a_conversation_is_deferred_before_its_turn_begins(self, mailbox: Mailbox) -> None:
        """A worker that does not know the channel does so. Messages that arrive meanwhile are in the turn, too."""
        await mailbox.accept(messages=[enqueued("first", sent_at=1)])
        claim = await claim_one(mailbox)
        await mailbox.defer(claim=claim, after_seconds=0.05)
        await mailbox.accept(messages=[enqueued("second", sent_at=2)])

        again, turn = await begin_one(mailbox, worker="b")

        assert (again.delivery, turn.attempts, turn.retries) == (1, 0, 0)
        assert bodies(turn) == ["first", "second"]

    async def test_a_dead_letter_lets_the_conversation_go_on(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """It is kept with its progress and the reason."""
        await mailbox.accept(messages=[enqueued("poison")])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.out.1"}))
        await mailbox.accept(messages=[enqueued("next")])
        await mailbox.dead_letter(claim=claim, reason="send: final")

        _, following = await begin_one(mailbox)
        (letter,) = await dead_letters.page(limit=10)

        assert bodies(following) == ["next"]
        assert (letter.turn.id, letter.reason) == (turn.id, "send: final")
        assert (letter.turn.reply, letter.turn.sent) == (ANSWER, ("wamid.out.1",))
        assert await dead_letters.show(letter_id=letter.id) == letter

    async def test_there_may_be_no_turn_for_a_dead_letter(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Workers may have died before they began it. No message is lost."""
        await mailbox.accept(messages=[enqueued("first")])
        await mailbox.dead_letter(claim=await claim_one(mailbox), reason="crash loop")

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["first"]
        assert await dead_letters.page(limit=10) == ()

    async def test_only_the_latest_dead_letters_are_kept(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """The oldest make room for more. The caller learns how many were dropped."""
        dropped = []
        for number in range(MAX_DEAD_LETTERS + 2):
            await mailbox.accept(messages=[enqueued(f"{number}")])
            claim, _ = await begin_one(mailbox)
            dropped.append(await mailbox.dead_letter(claim=claim, reason="send: final"))

        kept = [bodies(letter.turn) for letter in await dead_letters.page(limit=100)]
        assert dropped == [0] * MAX_DEAD_LETTERS + [1, 1]
        assert kept == [[f"{number}"] for number in range(2, MAX_DEAD_LETTERS + 2)]
