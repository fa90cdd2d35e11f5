"""One worker has a conversation. A write of another worker, or a late write, is refused."""

import pytest
from attrs import evolve

from application.ports.leases import LeaseLostError
from application.ports.mailbox import Mailbox
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER, COMMITS, LEASE_SECONDS, begin_one, bodies, claim_one, take_over
from support.begin import begin_turn
from support.messages import ANA, BOB, enqueued
from support.polling import eventually


class LeaseContract:
    """Part of the mailbox contract; provide its fixtures."""

    async def test_progress_survives_a_takeover(self, mailbox: Mailbox) -> None:
        """The next worker finds the reply and every part that was sent."""
        await mailbox.accept(messages=[enqueued()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.out.1"}))

        taken = await take_over(mailbox, worker="b")
        resumed = await begin_turn(mailbox, taken)

        assert resumed is not None
        assert (resumed.id, resumed.reply, resumed.sent) == (turn.id, ANSWER, ("wamid.out.1",))
        assert (taken.worker, taken.delivery, resumed.deliveries) == ("b", 2, 2)

    @pytest.mark.parametrize("worker", ["a", "b"])
    @pytest.mark.parametrize("commit", COMMITS)
    async def test_a_stale_worker_writes_nothing(self, mailbox: Mailbox, commit: str, worker: str) -> None:
        """When another worker took over, or the same one did, the old claim is refused."""
        await mailbox.accept(messages=[enqueued()])
        stale, turn = await begin_one(mailbox, worker="a")
        taken = await take_over(mailbox, worker=worker)
        await mailbox.save_reply(claim=taken, reply=ANSWER)

        with pytest.raises(LeaseLostError):
            await COMMITS[commit](mailbox, stale)

        resumed = await begin_turn(mailbox, taken)
        assert resumed is not None
        assert (resumed.id, resumed.reply, resumed.sent, resumed.attempts) == (turn.id, ANSWER, (), 0)

    @pytest.mark.parametrize("commit", COMMITS)
    async def test_a_finished_claim_writes_nothing(self, mailbox: Mailbox, commit: str) -> None:
        """A step that is repeated because its outcome was not seen does no harm."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("second")])
        await mailbox.complete(claim=claim)

        with pytest.raises(LeaseLostError):
            await COMMITS[commit](mailbox, claim)

        _, turn = await begin_one(mailbox)
        assert bodies(turn) == ["second"]

    async def test_a_claim_holds_for_its_own_worker(self, mailbox: Mailbox) -> None:
        """A store that lost its last second may hand a token out a second time as the first."""
        await mailbox.accept(messages=[enqueued()])
        claim = await claim_one(mailbox, worker="a")
        forgotten = evolve(claim, worker="b")

        with pytest.raises(LeaseLostError):
            await mailbox.begin(claim=forgotten)
        assert await mailbox.renew(claims=[claim, forgotten]) == (forgotten,)

    async def test_steps_may_be_repeated(self, mailbox: Mailbox) -> None:
        """Saving and recording twice is saving and recording once."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)

        for _ in range(2):
            await mailbox.save_reply(claim=claim, reply=ANSWER)
        for _ in range(2):
            await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.out.1"}))

        turn = await begin_turn(mailbox, claim)
        assert turn is not None
        assert (turn.reply, turn.sent) == (ANSWER, ("wamid.out.1",))

    async def test_renewing_keeps_a_lease(self, mailbox: Mailbox) -> None:
        """No other worker takes over from a worker that renews, however long its turn takes."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)

        async def outlived() -> bool:
            assert await mailbox.renew(claims=[claim]) == ()
            assert await mailbox.reap(partition=0, worker="b", limit=10) == ()
            outlived.rounds += 1  # type: ignore[attr-defined]
            return outlived.rounds > 3 * LEASE_SECONDS / 0.005  # type: ignore[attr-defined]

        outlived.rounds = 0  # type: ignore[attr-defined]
        await eventually(outlived)

        await mailbox.complete(claim=claim)

    async def test_renewing_never_steals(self, mailbox: Mailbox) -> None:
        """A claim that another worker took over is reported as lost, and stays with that worker."""
        await mailbox.accept(messages=[enqueued(person=ANA), enqueued(person=BOB)])
        first, second = await mailbox.claim(partition=0, worker="a", limit=2, wait_seconds=1)
        taken = (await eventually(lambda: mailbox.reap(partition=0, worker="b", limit=1)))[0]
        lost = first if taken.conversation == first.conversation else second

        assert await mailbox.renew(claims=[first, second]) == (lost,)
        assert await begin_turn(mailbox, taken) is not None

    async def test_a_released_conversation_is_ready_at_once(self, mailbox: Mailbox) -> None:
        """Another worker continues the same turn, and no failure is counted."""
        await mailbox.accept(messages=[enqueued()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.release(claim=claim)

        _, again = await begin_one(mailbox, worker="b")

        assert (again.id, again.reply, again.attempts, again.deliveries) == (turn.id, ANSWER, 0, 1)
