"""What every mailbox promises about turns that we begin, and about turns that are deferred."""

from attrs import evolve

from application.ports.dead_letters import DeadLetters
from application.ports.inbox import Acceptance, DeliveryConfirmation
from application.ports.mailbox import Mailbox
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER, APOLOGY, MAX_WAITING, begin_one, bodies, nothing_ready, take_over
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn, UnconfirmedSend
from domain.messages.outbound import TemplatePart, TextPart
from domain.people.person import Conversation
from domain.policies.debounce import Debounce
from support.begin import begin_turn
from support.messages import ANA, BOB, enqueued

GREETING = Reply(
    outcome=Outcome.INITIATED,
    parts=(TemplatePart(name="greeting", language="en_US", named_parameters=(("name", "Ana"),)), TextPart(body="Hi")),
)
WRITING = Debounce(quiet_seconds=60, cap_seconds=60)


def initiated(turn_id: str = "initiated-1", *, channel: str = "whatsapp") -> Turn:
    conversation = Conversation(channel=channel, user=ANA.key)
    return Turn(id=turn_id, conversation=conversation, messages=(), reply=GREETING, to=ANA)


class InitiatedTurnsContract:
    """Inherit, and provide the fixtures of the mailbox contract."""

    async def test_an_initiated_turn_comes_as_it_was_given(self, mailbox: Mailbox) -> None:
        """With its id, its reply and its recipient."""
        assert await mailbox.initiate(turn=initiated())

        _, turn = await begin_one(mailbox)

        assert turn == initiated()
        assert turn.person == ANA

    async def test_a_limited_number_of_turns_of_one_person_wait(self, mailbox: Mailbox) -> None:
        """More are left out, and can be sent again later. Other people are not affected."""
        for number in range(MAX_WAITING):
            assert await mailbox.initiate(turn=initiated(f"{number}")) == Acceptance.NEW

        verdicts = [
            await mailbox.initiate(turn=initiated("late")),
            await mailbox.initiate(turn=initiated("0")),
            await mailbox.initiate(turn=initiated("late", channel="telegram")),
        ]
        claim, _ = await begin_one(mailbox)
        await mailbox.complete(claim=claim)

        assert verdicts == [Acceptance.LEFT_OUT, Acceptance.KNOWN, Acceptance.NEW]
        assert await mailbox.initiate(turn=initiated("late")) == Acceptance.NEW

    async def test_it_does_not_wait_while_the_person_is_still_writing(self, mailbox: Mailbox) -> None:
        """Only an answer waits for more words."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("next", debounce=WRITING)])
        await mailbox.initiate(turn=initiated())
        await mailbox.complete(claim=claim)

        _, turn = await begin_one(mailbox)

        assert turn == initiated()

    async def test_a_turn_is_initiated_once(self, mailbox: Mailbox) -> None:
        """The same request again is recognised, also after the turn has been sent."""
        verdicts = [await mailbox.initiate(turn=initiated()), await mailbox.initiate(turn=initiated())]
        claim, _ = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        verdicts.append(await mailbox.initiate(turn=initiated()))

        assert verdicts == [True, False, False]
        assert await nothing_ready(mailbox)

    async def test_each_channel_has_its_own_turn_ids(self, mailbox: Mailbox) -> None:
        """The same id on two channels is two turns."""
        assert await mailbox.initiate(turn=initiated())
        assert await mailbox.initiate(turn=initiated(channel="telegram"))

    async def test_an_initiated_turn_goes_before_waiting_messages(self, mailbox: Mailbox) -> None:
        """They stay for the turn after it."""
        await mailbox.accept(messages=[enqueued("waiting")])
        await mailbox.initiate(turn=initiated())

        claim, first = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        _, second = await begin_one(mailbox)

        assert (first.id, bodies(second)) == ("initiated-1", ["waiting"])

    async def test_an_initiated_turn_is_not_debounced(self, mailbox: Mailbox) -> None:
        """The debounce of the person's messages goes on afterwards."""
        await mailbox.accept(messages=[enqueued("writing", debounce=WRITING)])
        await mailbox.initiate(turn=initiated())

        claim, turn = await begin_one(mailbox)
        await mailbox.complete(claim=claim)

        assert turn.id == "initiated-1"
        assert await nothing_ready(mailbox)
        assert await mailbox.promote(partition=0) is not None

    async def test_an_initiated_turn_comes_after_the_turn_under_way(self, mailbox: Mailbox) -> None:
        """One turn at a time. It goes before messages that came in the meantime."""
        await mailbox.accept(messages=[enqueued("under way")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("later")])
        await mailbox.initiate(turn=initiated())

        assert await nothing_ready(mailbox)
        await mailbox.complete(claim=claim)
        _, turn = await begin_one(mailbox)

        assert turn.id == "initiated-1"

    async def test_an_initiated_turn_does_not_overtake_one_that_waits_for_its_retry(self, mailbox: Mailbox) -> None:
        """It comes after that turn."""
        await mailbox.accept(messages=[enqueued("failed")])
        claim, _ = await begin_one(mailbox)
        await mailbox.retry_later(claim=claim, after_seconds=0.05, error="agent: timeout")
        await mailbox.initiate(turn=initiated())

        claim, first = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        _, second = await begin_one(mailbox)

        assert (bodies(first), second.id) == (["failed"], "initiated-1")

    async def test_initiated_turns_keep_their_order(self, mailbox: Mailbox) -> None:
        """The first that was queued is the first that is sent."""
        for number in range(3):
            await mailbox.initiate(turn=initiated(f"initiated-{number}"))

        order = []
        for _ in range(3):
            claim, turn = await begin_one(mailbox)
            order.append(turn.id)
            await mailbox.complete(claim=claim)

        assert order == ["initiated-0", "initiated-1", "initiated-2"]
        assert await nothing_ready(mailbox)

    async def test_an_initiated_turn_survives_a_takeover(self, mailbox: Mailbox) -> None:
        """The next worker gets it with its progress."""
        await mailbox.initiate(turn=initiated())
        claim, _ = await begin_one(mailbox)
        await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.out.1"}))

        turn = await begin_turn(mailbox, await take_over(mailbox, worker="b"))

        assert turn == evolve(initiated(), sent=("wamid.out.1",), deliveries=2)

    async def test_an_initiated_turn_is_replayed_with_its_own_reply(
        self, mailbox: Mailbox, dead_letters: DeadLetters
    ) -> None:
        """The agent could not write it again, so the reply stays, also after an apology."""
        await mailbox.initiate(turn=initiated())
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=APOLOGY)
        await mailbox.retry_later(claim=claim, after_seconds=0, error="send: throttled")
        claim, _ = await begin_one(mailbox)
        await mailbox.dead_letter(claim=claim, reason="send: final")
        (letter,) = await dead_letters.page(limit=10)

        await dead_letters.replay(letter_id=letter.id)
        _, turn = await begin_one(mailbox)

        assert turn == evolve(initiated(), reply=APOLOGY)

    async def test_a_deferred_turn_keeps_its_counters(self, mailbox: Mailbox) -> None:
        """Nothing failed: attempts and deliveries are as before."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.retry_later(
            claim=claim, after_seconds=0, error="time-out", unconfirmed=UnconfirmedSend(part=0, unconfirmed_attempts=1)
        )
        claim, before = await begin_one(mailbox)
        taken = await take_over(mailbox, worker="b")

        await mailbox.defer(claim=taken, after_seconds=0.05)
        claim, after = await begin_one(mailbox)

        assert after == before
        assert (after.attempts, after.retries, after.confirmation_waits, after.unconfirmed_attempts, after.error) == (
            1,
            1,
            1,
            1,
            "time-out",
        )
        assert (claim.delivery, after.deliveries) == (1, 1)

    async def test_nothing_overtakes_a_deferred_turn(self, mailbox: Mailbox) -> None:
        """New messages, also immediate ones, and initiated turns stay behind it."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.defer(claim=claim, after_seconds=60)
        await mailbox.accept(messages=[enqueued("second")])
        await mailbox.initiate(turn=initiated())

        assert await nothing_ready(mailbox)
        wait = await mailbox.promote(partition=0)
        assert wait is not None
        assert 50 < wait <= 60

    async def test_other_conversations_do_not_wait_for_a_deferred_turn(self, mailbox: Mailbox) -> None:
        """Only this conversation waits."""
        await mailbox.accept(messages=[enqueued("slow", person=ANA)])
        claim, _ = await begin_one(mailbox)
        await mailbox.defer(claim=claim, after_seconds=60)
        await mailbox.accept(messages=[enqueued("quick", person=BOB)])

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["quick"]

    async def test_a_confirmation_makes_a_deferred_turn_ready(self, mailbox: Mailbox) -> None:
        """It continues at the next part."""
        await mailbox.accept(messages=[enqueued()])
        claim, turn = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.defer(claim=claim, after_seconds=60)

        await mailbox.confirm(
            confirmations=[DeliveryConfirmation(reference=turn.reference(0), message_id="wamid.out.1")]
        )
        _, again = await begin_one(mailbox)

        assert again.sent == ("wamid.out.1",)
