"""What every mailbox promises, whatever it is kept in."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from attrs import evolve

from application.ports.dead_letters import DeadLetters, UnknownDeadLetterError
from application.ports.mailbox import Claim, LeaseLostError, Mailbox, Post, Proof
from domain.debounce import Debounce
from domain.parts import TextPart
from domain.replies import Reply, ReplyKind
from domain.turns import Doubt, Turn
from support.messages import ANA, BOB, post
from support.polling import eventually

LEASE_SECONDS = 0.25
ANSWER = Reply(kind=ReplyKind.ANSWER, parts=(TextPart(body="one"), TextPart(body="two")))
APOLOGY = Reply(kind=ReplyKind.APOLOGY, parts=(TextPart(body="sorry"),), reason="agent: timeout")

COMMITS: dict[str, Callable[[Mailbox, Claim], Awaitable[object]]] = {
    "begin": lambda mailbox, claim: mailbox.begin(claim=claim),
    "save_reply": lambda mailbox, claim: mailbox.save_reply(claim=claim, reply=APOLOGY),
    "record_sent": lambda mailbox, claim: mailbox.record_sent(claim=claim, part=0, message_id="stale"),
    "complete": lambda mailbox, claim: mailbox.complete(claim=claim),
    "put_off": lambda mailbox, claim: mailbox.put_off(claim=claim, after_seconds=0, error="stale"),
    "defer": lambda mailbox, claim: mailbox.defer(claim=claim, after_seconds=0),
    "bury": lambda mailbox, claim: mailbox.bury(claim=claim, reason="stale"),
    "release": lambda mailbox, claim: mailbox.release(claim=claim),
}


async def claim_one(mailbox: Mailbox, *, worker: str = "a") -> Claim:
    """The next ready conversation, waiting for it if need be."""

    async def attempt() -> tuple[Claim, ...]:
        await mailbox.promote(partition=0)
        return await mailbox.claim(partition=0, worker=worker, limit=1, wait_seconds=0.01)

    return (await eventually(attempt))[0]


async def begin_one(mailbox: Mailbox, *, worker: str = "a") -> tuple[Claim, Turn]:
    claim = await claim_one(mailbox, worker=worker)
    turn = await mailbox.begin(claim=claim)
    assert turn is not None
    return claim, turn


async def take_over(mailbox: Mailbox, *, worker: str) -> Claim:
    """Reap the one lease that is about to run out."""
    return (await eventually(lambda: mailbox.reap(partition=0, worker=worker, limit=10)))[0]


async def nothing_ready(mailbox: Mailbox) -> bool:
    await mailbox.promote(partition=0)
    return await mailbox.claim(partition=0, worker="z", limit=10, wait_seconds=0.01) == ()


def bodies(turn: Turn) -> list[str]:
    return [message.content.body for message in turn.messages]  # type: ignore[union-attr]


class MailboxContract:
    """Inherit, and provide the fixtures `mailbox` (lease of LEASE_SECONDS, five messages a turn) and `dead_letters`."""

    async def test_preparing_again_changes_nothing(self, mailbox: Mailbox) -> None:
        """Every process does at its start, and after the store was away."""
        await mailbox.accept(posts=[post("first")])
        claim, turn = await begin_one(mailbox)

        await mailbox.prepare()

        assert await mailbox.begin(claim=claim) == turn

    async def test_a_message_is_new_once(self, mailbox: Mailbox) -> None:
        """A redelivery is recognised, in another call and within one."""
        first, second = post(message_id="wamid.1"), post(message_id="wamid.2")

        assert await mailbox.accept(posts=[first, second, second]) == (True, True, False)
        assert await mailbox.accept(posts=[first]) == (False,)

    async def test_channels_number_their_messages_on_their_own(self, mailbox: Mailbox) -> None:
        """The same id on two channels is two messages."""
        posts = [post(message_id="7", channel="whatsapp"), post(message_id="7", channel="telegram")]

        assert await mailbox.accept(posts=posts) == (True, True)

    async def test_a_message_stays_known_after_its_turn(self, mailbox: Mailbox) -> None:
        """Answered does not mean forgotten: a late redelivery is dropped."""
        again = post(message_id="wamid.1")
        await mailbox.accept(posts=[again])
        claim, _ = await begin_one(mailbox)
        await mailbox.complete(claim=claim)

        assert await mailbox.accept(posts=[again]) == (False,)
        assert await nothing_ready(mailbox)

    async def test_a_turn_holds_what_waits_in_the_channels_order(self, mailbox: Mailbox) -> None:
        """The channel's time orders messages, arrival breaks ties."""
        await mailbox.accept(posts=[post("third", sent_at=30), post("first", sent_at=10)])
        await mailbox.accept(posts=[post("fourth", sent_at=30), post("second", sent_at=20)])

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["first", "second", "third", "fourth"]

    async def test_a_message_comes_back_as_it_was(self, mailbox: Mailbox) -> None:
        """Nothing is lost on the way through the store, whatever the text."""
        original = post('naïve \U0001f600 \x00 " \\ \n %s {} |', person=ANA)
        await mailbox.accept(posts=[original])

        _, turn = await begin_one(mailbox)

        assert turn.messages == (original.message,)
        assert turn.conversation == original.message.conversation
        assert (turn.reply, turn.sent, turn.attempts, turn.doubts) == (None, (), 0, 0)

    async def test_a_long_queue_makes_several_turns(self, mailbox: Mailbox) -> None:
        """A turn takes at most five messages here; the rest follow in order."""
        await mailbox.accept(posts=[post(str(number), sent_at=number) for number in range(7)])

        claim, first = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        _, second = await begin_one(mailbox)

        assert bodies(first) == ["0", "1", "2", "3", "4"]
        assert bodies(second) == ["5", "6"]
        assert first.id != second.id

    async def test_one_turn_at_a_time(self, mailbox: Mailbox) -> None:
        """A message that comes during a turn waits for its end, and is the next turn."""
        await mailbox.accept(posts=[post("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(posts=[post("second")])

        assert await nothing_ready(mailbox)
        await mailbox.complete(claim=claim)
        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["second"]

    async def test_a_conversation_goes_to_the_tail(self, mailbox: Mailbox) -> None:
        """Somebody who writes all the time does not keep others waiting."""
        await mailbox.accept(posts=[post("ana 1", person=ANA)])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(posts=[post("bob", person=BOB), post("ana 2", person=ANA)])
        await mailbox.complete(claim=claim)

        _, next_turn = await begin_one(mailbox)

        assert bodies(next_turn) == ["bob"]

    async def test_claims_do_not_overlap(self, mailbox: Mailbox) -> None:
        """Two workers never get the same conversation, and none takes more than it asked for."""
        await mailbox.accept(posts=[post(person=ANA), post(person=BOB)])

        first = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=1)
        second = await mailbox.claim(partition=0, worker="b", limit=5, wait_seconds=1)

        assert [len(first), len(second)] == [1, 1]
        assert first[0].conversation != second[0].conversation

    async def test_waits_for_the_person_to_finish(self, mailbox: Mailbox) -> None:
        """With debounce, messages that come close together are one turn."""
        wait = Debounce(quiet_seconds=0.15, cap_seconds=5)
        await mailbox.accept(posts=[post("one", debounce=wait, sent_at=1)])
        assert await nothing_ready(mailbox)
        await mailbox.accept(posts=[post("two", debounce=wait, sent_at=2)])

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["one", "two"]

    async def test_waiting_has_a_cap(self, mailbox: Mailbox) -> None:
        """However long the quiet time, the cap counts from the first message."""
        wait = Debounce(quiet_seconds=60, cap_seconds=0.15)
        await mailbox.accept(posts=[post("one", debounce=wait, sent_at=1)])
        capped = time.monotonic() + 0.16
        await eventually(lambda: time.monotonic() > capped)
        await mailbox.accept(posts=[post("two", debounce=wait, sent_at=2)])

        await mailbox.promote(partition=0)
        (claim,) = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0.01)

        turn = await mailbox.begin(claim=claim)
        assert turn is not None
        assert bodies(turn) == ["one", "two"]

    async def test_an_immediate_message_ends_the_wait(self, mailbox: Mailbox) -> None:
        """A tap on a button does not wait for more words."""
        await mailbox.accept(posts=[post("one", debounce=Debounce(quiet_seconds=60, cap_seconds=60), sent_at=1)])
        await mailbox.accept(posts=[post("tap", sent_at=2)])

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["one", "tap"]
        assert await mailbox.promote(partition=0) is None

    async def test_what_came_during_a_turn_is_waited_for_too(self, mailbox: Mailbox) -> None:
        """The next turn is not torn apart because the last one ended in the middle of it."""
        await mailbox.accept(posts=[post("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(posts=[post("next", debounce=Debounce(quiet_seconds=60, cap_seconds=60))])
        await mailbox.complete(claim=claim)

        assert await nothing_ready(mailbox)
        wait = await mailbox.promote(partition=0)
        assert wait is not None
        assert 50 < wait <= 60

    async def test_the_newest_message_decides_the_wait(self, mailbox: Mailbox) -> None:
        """Of those that came during a turn: the person may still be writing, though the first was long ago."""
        await mailbox.accept(posts=[post("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(posts=[post("tap", sent_at=1_750_000_002)])
        more = post("more", sent_at=1_750_000_003, debounce=Debounce(quiet_seconds=60, cap_seconds=60))
        await mailbox.accept(posts=[more])
        await mailbox.complete(claim=claim)

        assert await nothing_ready(mailbox)

    async def test_the_wait_for_what_came_during_a_turn_is_like_any_other(self, mailbox: Mailbox) -> None:
        """More of its kind prolongs it, a tap on a button ends it."""
        wait = Debounce(quiet_seconds=60, cap_seconds=60)
        await mailbox.accept(posts=[post("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(posts=[post("next", sent_at=1, debounce=wait)])
        await mailbox.complete(claim=claim)

        await mailbox.accept(posts=[post("more", sent_at=2, debounce=wait)])
        assert await nothing_ready(mailbox)
        await mailbox.accept(posts=[post("tap", sent_at=3)])
        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["next", "more", "tap"]

    async def test_the_wait_for_what_came_during_a_turn_has_a_cap(self, mailbox: Mailbox) -> None:
        """As for any message."""
        await mailbox.accept(posts=[post("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(posts=[post("next", debounce=Debounce(quiet_seconds=60, cap_seconds=0.15))])
        await mailbox.complete(claim=claim)

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["next"]

    async def test_the_cap_counts_from_the_first_that_came_during_a_turn(self, mailbox: Mailbox) -> None:
        """Whoever keeps writing is answered all the same."""
        wait = Debounce(quiet_seconds=60, cap_seconds=0.05)
        await mailbox.accept(posts=[post("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(posts=[post("next", debounce=wait, sent_at=1)])
        capped = time.monotonic() + 0.06
        await eventually(lambda: time.monotonic() > capped)
        await mailbox.accept(posts=[post("more", debounce=wait, sent_at=2)])
        await mailbox.complete(claim=claim)

        (claim,) = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0.01)

        turn = await mailbox.begin(claim=claim)
        assert turn is not None
        assert bodies(turn) == ["next", "more"]

    async def test_what_waits_is_ready_as_soon_as_the_turn_is_over(self, mailbox: Mailbox) -> None:
        """Not only when somebody looks for what is due; also when it came at the very end of the turn."""
        await mailbox.accept(posts=[post()])

        for _ in range(20):
            (claim,) = await mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=0.01)
            assert await mailbox.begin(claim=claim) is not None
            await mailbox.accept(posts=[post()])
            await mailbox.complete(claim=claim)

    async def test_progress_survives_a_takeover(self, mailbox: Mailbox) -> None:
        """The next worker finds the reply and every part that was sent."""
        await mailbox.accept(posts=[post()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.record_sent(claim=claim, part=0, message_id="wamid.out.1")

        taken = await take_over(mailbox, worker="b")
        resumed = await mailbox.begin(claim=taken)

        assert resumed is not None
        assert (resumed.id, resumed.reply, resumed.sent) == (turn.id, ANSWER, ("wamid.out.1",))
        assert (taken.worker, taken.delivery, resumed.deliveries) == ("b", 2, 2)

    @pytest.mark.parametrize("worker", ["a", "b"])
    @pytest.mark.parametrize("commit", COMMITS)
    async def test_a_stale_worker_writes_nothing(self, mailbox: Mailbox, commit: str, worker: str) -> None:
        """Once the lease went to another worker, or to the same one again, the old claim is refused."""
        await mailbox.accept(posts=[post()])
        stale, turn = await begin_one(mailbox, worker="a")
        taken = await take_over(mailbox, worker=worker)
        await mailbox.save_reply(claim=taken, reply=ANSWER)

        with pytest.raises(LeaseLostError):
            await COMMITS[commit](mailbox, stale)

        resumed = await mailbox.begin(claim=taken)
        assert resumed is not None
        assert (resumed.id, resumed.reply, resumed.sent, resumed.attempts) == (turn.id, ANSWER, (), 0)

    @pytest.mark.parametrize("commit", COMMITS)
    async def test_a_finished_claim_writes_nothing(self, mailbox: Mailbox, commit: str) -> None:
        """A step that is repeated because its outcome was not seen does no harm."""
        await mailbox.accept(posts=[post("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(posts=[post("second")])
        await mailbox.complete(claim=claim)

        with pytest.raises(LeaseLostError):
            await COMMITS[commit](mailbox, claim)

        _, turn = await begin_one(mailbox)
        assert bodies(turn) == ["second"]

    async def test_a_claim_holds_for_its_own_worker(self, mailbox: Mailbox) -> None:
        """A store that went back to an older state may hand out for the first time what it handed out before."""
        await mailbox.accept(posts=[post()])
        claim = await claim_one(mailbox, worker="a")
        forgotten = evolve(claim, worker="b")

        with pytest.raises(LeaseLostError):
            await mailbox.begin(claim=forgotten)
        assert await mailbox.renew(claims=[claim, forgotten]) == (forgotten,)

    async def test_steps_may_be_repeated(self, mailbox: Mailbox) -> None:
        """Saving and recording twice is saving and recording once."""
        await mailbox.accept(posts=[post()])
        claim, _ = await begin_one(mailbox)

        for _ in range(2):
            await mailbox.save_reply(claim=claim, reply=ANSWER)
        for _ in range(2):
            await mailbox.record_sent(claim=claim, part=0, message_id="wamid.out.1")

        turn = await mailbox.begin(claim=claim)
        assert turn is not None
        assert (turn.reply, turn.sent) == (ANSWER, ("wamid.out.1",))

    async def test_renewing_keeps_a_lease(self, mailbox: Mailbox) -> None:
        """A worker that reports is not taken over, however long its turn takes."""
        await mailbox.accept(posts=[post()])
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
        """A lease that went to another worker is reported as lost, and stays with the other one."""
        await mailbox.accept(posts=[post(person=ANA), post(person=BOB)])
        first, second = await mailbox.claim(partition=0, worker="a", limit=2, wait_seconds=1)
        taken = (await eventually(lambda: mailbox.reap(partition=0, worker="b", limit=1)))[0]
        lost = first if taken.conversation == first.conversation else second

        assert await mailbox.renew(claims=[first, second]) == (lost,)
        assert await mailbox.begin(claim=taken) is not None

    async def test_a_turn_that_is_put_off_is_tried_again_as_it_was(self, mailbox: Mailbox) -> None:
        """The same messages come back, with the failure counted, also when more has arrived since."""
        await mailbox.accept(posts=[post("first", sent_at=10)])
        claim, turn = await begin_one(mailbox)
        await mailbox.put_off(claim=claim, after_seconds=0.05, error="agent: timeout")
        await mailbox.accept(posts=[post("earlier", sent_at=5)])

        _, again = await begin_one(mailbox, worker="b")

        assert (again.id, again.attempts, again.error, again.doubts) == (turn.id, 1, "agent: timeout", 0)
        assert bodies(again) == ["first"]

    @pytest.mark.parametrize("progress", ["save_reply", "record_sent"])
    async def test_progress_makes_failures_count_afresh(self, mailbox: Mailbox, progress: str) -> None:
        """The agent's do not count against the channel, nor those of one part against the next; operators see all."""
        await mailbox.accept(posts=[post()])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.put_off(claim=claim, after_seconds=0, error="unreachable")
        claim, failed = await begin_one(mailbox)

        if progress == "save_reply":
            await mailbox.save_reply(claim=claim, reply=ANSWER)
        else:
            await mailbox.record_sent(claim=claim, part=0, message_id="wamid.out.1")
        turn = await mailbox.begin(claim=claim)

        assert (failed.attempts, failed.error) == (1, "unreachable")
        assert turn is not None
        assert (turn.attempts, turn.retries, turn.error) == (0, 1, "")

    async def test_nothing_overtakes_a_turn_that_waits(self, mailbox: Mailbox) -> None:
        """New messages, even immediate ones, stay behind it."""
        await mailbox.accept(posts=[post("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.put_off(claim=claim, after_seconds=60, error="agent: timeout")
        await mailbox.accept(posts=[post("second")])

        assert await nothing_ready(mailbox)

    async def test_a_buried_turn_lets_the_conversation_go_on(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """It is kept with its progress and the reason."""
        await mailbox.accept(posts=[post("poison")])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.record_sent(claim=claim, part=0, message_id="wamid.out.1")
        await mailbox.accept(posts=[post("next")])
        await mailbox.bury(claim=claim, reason="send: final")

        _, following = await begin_one(mailbox)
        (letter,) = await dead_letters.page(limit=10)

        assert bodies(following) == ["next"]
        assert (letter.turn.id, letter.reason) == (turn.id, "send: final")
        assert (letter.turn.reply, letter.turn.sent) == (ANSWER, ("wamid.out.1",))
        assert await dead_letters.show(letter_id=letter.id) == letter

    async def test_there_may_be_no_turn_to_bury(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Workers may have died before they began it: nothing is set aside, and no message is lost."""
        await mailbox.accept(posts=[post("first")])
        await mailbox.bury(claim=await claim_one(mailbox), reason="crash loop")

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["first"]
        assert await dead_letters.page(limit=10) == ()

    async def test_a_released_conversation_is_ready_at_once(self, mailbox: Mailbox) -> None:
        """Another worker goes on with the same turn, and nobody counts it as a failure."""
        await mailbox.accept(posts=[post()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.release(claim=claim)

        _, again = await begin_one(mailbox, worker="b")

        assert (again.id, again.reply, again.attempts, again.deliveries) == (turn.id, ANSWER, 0, 1)

    async def test_a_proof_records_the_part_and_ends_the_wait(self, mailbox: Mailbox) -> None:
        """The channel's echo stands in for the answer that never came."""
        await mailbox.accept(posts=[post()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.put_off(claim=claim, after_seconds=60, error="time-out", doubt=Doubt(part=0, unheard=1))

        await mailbox.confirm(proofs=[Proof(reference=turn.reference(0), message_id="wamid.out.1")])
        _, again = await begin_one(mailbox)

        assert (again.sent, again.doubts, again.unheard, again.attempts, again.error) == (("wamid.out.1",), 0, 0, 0, "")

    async def test_a_proof_that_came_before_the_doubt_ends_it(self, mailbox: Mailbox) -> None:
        """The echo was quicker than the answer's time-out: there is no doubt, least of all about the next part."""
        await mailbox.accept(posts=[post()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.confirm(proofs=[Proof(reference=turn.reference(0), message_id="wamid.out.1")])

        await mailbox.put_off(claim=claim, after_seconds=60, error="time-out", doubt=Doubt(part=0, unheard=1))
        _, again = await begin_one(mailbox)

        assert (again.sent, again.doubts, again.unheard, again.attempts, again.error) == (("wamid.out.1",), 0, 0, 0, "")

    async def test_a_doubt_is_remembered(self, mailbox: Mailbox) -> None:
        """Whoever tries the part again knows that it may be there already."""
        await mailbox.accept(posts=[post()])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.put_off(claim=claim, after_seconds=0, error="time-out", doubt=Doubt(part=0, unheard=2))

        _, again = await begin_one(mailbox)

        assert (again.doubts, again.unheard) == (1, 2)

    async def test_a_record_ends_the_doubt(self, mailbox: Mailbox) -> None:
        """It was about this part; the next one starts without."""
        await mailbox.accept(posts=[post()])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.put_off(claim=claim, after_seconds=0, error="time-out", doubt=Doubt(part=0, unheard=1))
        claim, _ = await begin_one(mailbox)

        await mailbox.record_sent(claim=claim, part=0, message_id="wamid.out.1")
        turn = await mailbox.begin(claim=claim)

        assert turn is not None
        assert (turn.sent, turn.doubts, turn.unheard) == (("wamid.out.1",), 0, 0)

    async def test_a_proof_counts_while_a_dead_worker_holds_the_lease(self, mailbox: Mailbox) -> None:
        """Sent, not recorded, died: the echo comes before the takeover."""
        await mailbox.accept(posts=[post()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)

        await mailbox.confirm(proofs=[Proof(reference=turn.reference(0), message_id="wamid.out.1")])
        resumed = await mailbox.begin(claim=await take_over(mailbox, worker="b"))

        assert resumed is not None
        assert resumed.sent == ("wamid.out.1",)

    async def test_proofs_of_several_parts_and_turns_come_together(self, mailbox: Mailbox) -> None:
        """A webhook may hold many statuses; each counts for its own part of its own turn."""
        await mailbox.accept(posts=[post(person=ANA), post(person=BOB)])
        begun = [await begin_one(mailbox) for _ in range(2)]
        for claim, _ in begun:
            await mailbox.save_reply(claim=claim, reply=ANSWER)
        parts = [begun[0][1].reference(0), begun[0][1].reference(1), begun[1][1].reference(0)]

        await mailbox.confirm(proofs=[Proof(reference=part, message_id=f"wamid.{part.part}") for part in parts])
        turns = [await mailbox.begin(claim=claim) for claim, _ in begun]

        assert [turn.sent for turn in turns if turn] == [("wamid.0", "wamid.1"), ("wamid.0",)]

    @pytest.mark.parametrize("part", [0, 2])
    async def test_a_proof_of_another_part_changes_nothing(self, mailbox: Mailbox, part: int) -> None:
        """Statuses of parts long recorded keep coming, and none can skip a part."""
        await mailbox.accept(posts=[post()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.record_sent(claim=claim, part=0, message_id="wamid.out.1")

        await mailbox.confirm(proofs=[Proof(reference=turn.reference(part), message_id="other")])

        resumed = await mailbox.begin(claim=claim)
        assert resumed is not None
        assert resumed.sent == ("wamid.out.1",)

    async def test_a_proof_of_a_turn_that_is_over_changes_nothing(self, mailbox: Mailbox) -> None:
        """Nor does one for a conversation that has nothing to do."""
        await mailbox.accept(posts=[post()])
        claim, old = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        await mailbox.confirm(proofs=[Proof(reference=old.reference(0), message_id="late")])
        await mailbox.accept(posts=[post()])
        _, turn = await begin_one(mailbox)

        await mailbox.confirm(proofs=[Proof(reference=old.reference(0), message_id="late")])

        assert turn.sent == ()
        assert await nothing_ready(mailbox)

    async def test_a_replay_goes_first_and_sends_what_is_missing(
        self, mailbox: Mailbox, dead_letters: DeadLetters
    ) -> None:
        """The turn begins again where it stopped, before anything that waits."""
        letter_id = await self._bury(mailbox, dead_letters, ANSWER, post("poison"))
        await mailbox.accept(posts=[post("waiting", debounce=Debounce(quiet_seconds=60, cap_seconds=60))])
        await dead_letters.replay(letter_id=letter_id)

        claim, turn = await begin_one(mailbox)

        assert bodies(turn) == ["poison"]
        assert (turn.reply, turn.sent) == (ANSWER, ("wamid.out.1",))
        assert (turn.attempts, turn.doubts, turn.error) == (0, 0, "")
        assert await dead_letters.page(limit=10) == ()
        await mailbox.complete(claim=claim)
        assert await nothing_ready(mailbox)

    async def test_replaying_an_apology_runs_the_agent_again(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Under another turn id, so that statuses of the apology prove nothing about the answer."""
        letter_id = await self._bury(mailbox, dead_letters, APOLOGY, post("question"))
        (letter,) = await dead_letters.page(limit=10)
        await dead_letters.replay(letter_id=letter_id)

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["question"]
        assert (turn.reply, turn.sent) == (None, ())
        assert turn.id != letter.turn.id

    async def test_a_replay_waits_for_the_turn_under_way(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Order within a conversation holds for operators too."""
        letter_id = await self._bury(mailbox, dead_letters, ANSWER, post("poison"))
        await mailbox.accept(posts=[post("under way")])
        claim, _ = await begin_one(mailbox)
        await dead_letters.replay(letter_id=letter_id)
        await mailbox.accept(posts=[post("later")])

        assert await nothing_ready(mailbox)
        await mailbox.complete(claim=claim)
        claim, second = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        _, third = await begin_one(mailbox)

        assert [bodies(second), bodies(third)] == [["poison"], ["later"]]

    async def test_replays_keep_their_order(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Of several in one conversation, the one that was asked for first goes first."""
        letters = [await self._bury(mailbox, dead_letters, ANSWER, post(body)) for body in ("first", "second")]
        for letter_id in letters:
            await dead_letters.replay(letter_id=letter_id)

        claim, first = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        _, second = await begin_one(mailbox)

        assert [bodies(first), bodies(second)] == [["first"], ["second"]]

    async def test_a_replay_is_next_when_nothing_else_waits(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """The end of the turn under way does not forget it."""
        letter_id = await self._bury(mailbox, dead_letters, ANSWER, post("poison"))
        await mailbox.accept(posts=[post("under way")])
        claim, _ = await begin_one(mailbox)
        await dead_letters.replay(letter_id=letter_id)
        await mailbox.complete(claim=claim)

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["poison"]

    async def test_a_dead_letter_is_replayed_or_discarded_once(
        self, mailbox: Mailbox, dead_letters: DeadLetters
    ) -> None:
        """Afterwards it is unknown, as is what never was."""
        gone = await self._bury(mailbox, dead_letters, ANSWER, post())
        await dead_letters.discard(letter_id=gone)

        for letter_id in (gone, "nonsense", "0.1-1", ""):
            for act in (dead_letters.show, dead_letters.replay, dead_letters.discard):
                with pytest.raises(UnknownDeadLetterError):
                    await act(letter_id=letter_id)
        assert await nothing_ready(mailbox)

    async def test_dead_letters_are_paged(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Oldest first, each page going on where the last one ended."""
        ids = [await self._bury(mailbox, dead_letters, ANSWER, post(str(number))) for number in range(3)]

        first = await dead_letters.page(limit=2)
        second = await dead_letters.page(limit=2, after=first[-1].id)

        assert [letter.id for letter in (*first, *second)] == ids

    async def test_a_waiting_worker_is_woken(self, mailbox: Mailbox) -> None:
        """Nobody polls: the claim returns as soon as there is something to do."""
        waiting = asyncio.create_task(mailbox.claim(partition=0, worker="a", limit=1, wait_seconds=4))
        await asyncio.sleep(0)
        await mailbox.accept(posts=[post()])

        assert len(await asyncio.wait_for(waiting, 2)) == 1

    async def _bury(self, mailbox: Mailbox, dead_letters: DeadLetters, reply: Reply, poison: Post) -> str:
        """Bury a turn whose first part was sent; returns the dead letter's id."""
        await mailbox.accept(posts=[poison])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=reply)
        await mailbox.record_sent(claim=claim, part=0, message_id="wamid.out.1")
        await mailbox.bury(claim=claim, reason="send: final")
        return (await dead_letters.page(limit=100))[-1].id
