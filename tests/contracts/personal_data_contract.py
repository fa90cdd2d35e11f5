"""What every store of a person's data promises: everything is found, and erased whole."""

import json

import pytest
from attrs import evolve, frozen

from application.ports.activity_feed import ActivityFeed
from application.ports.directory import Directory
from application.ports.event_outbox import DeadEvent, EventOutbox, PublishedEvent
from application.ports.idempotency_keys import IdempotencyKeys
from application.ports.inbox import Acceptance
from application.ports.intake import Intake
from application.ports.leases import LeaseLostError
from application.ports.mailbox import Mailbox
from application.ports.message_log import Remembered
from application.ports.personal_data import Fence, PersonalData, RecordKind
from application.ports.send_rate_limiter import CreditRequest, SendRateLimiter
from application.ports.shared_sessions import SharedSessions
from application.ports.transcripts import Transcripts
from application.ports.turn_changes import TurnChanges
from contracts.initiated_turns_contract import initiated
from contracts.mailbox_steps import begin_one, bodies
from contracts.usage_contract import counted
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.transcript import SentPart
from domain.messages.outbound import TextPart
from domain.people.alias import Alias, AliasKind
from domain.people.aliases import Observation
from domain.people.person import Conversation, Person
from domain.policies.send_rate import SendRate, SendRates
from support.messages import BOB, CONVERSATION, enqueued
from support.proposals import proposals_of

# In nothing else than what is theirs.
WORDS, ANSWERED = "zanzibar-words", "zanzibar-answer"
ZOE = Person(phone="15550002222", user_id="US.zanzibar", name="Zoe Zanzibar", username="zoe_zanzibar")
ON_TELEGRAM = Conversation(channel="telegram", user="4711000")
MARKS = ("zanzibar", "Zanzibar", "15550002222", "wamid.zoe")
EVENT = Activity.within(CONVERSATION, kind=ActivityKind.DELIVERY, at=1.0, message_id="wamid.zoe-out")


@frozen(kw_only=True)
class Stored:
    """The parts that hold what is stored, and the data of persons in all of them."""

    data: PersonalData
    mailbox: Mailbox
    intake: Intake
    directory: Directory
    transcripts: Transcripts
    feed: ActivityFeed
    outbox: EventOutbox
    limiter: SendRateLimiter
    shared_sessions: SharedSessions
    requests: IdempotencyKeys

    async def write(self, body: str = WORDS, *, person: Person = ZOE, message_id: str | None = None) -> Acceptance:
        one = enqueued(body, person=person, message_id=message_id)
        await self.directory.ids(channel="whatsapp", seen=[Observation(person=person, at=1_750_000_000.0)])
        received = Activity.within(one.message.conversation, kind=ActivityKind.RECEIVED, at=1.0)
        (answer,) = await self.intake.store(messages=[one], activities=[received])
        return answer

    async def answer(self, *, dead: bool = False, person: Person = ZOE) -> None:
        """One turn, with a record of each kind that a turn leaves; or a dead letter."""
        claim, turn = await begin_one(self.mailbox)
        part = TextPart(body=ANSWERED if person is ZOE else "an answer")
        reply = Reply(outcome=Outcome.ANSWERED, parts=(part,))
        changes = evolve(counted(), proposals=proposals_of(turn))
        await self.mailbox.save_reply(claim=claim, reply=reply, changes=changes)
        if dead:
            await self.mailbox.dead_letter(claim=claim, reason=part.body.text)
            return
        sent = f"wamid.{'zoe' if person is ZOE else 'bob'}-out"
        said = Remembered(
            channel="whatsapp", message_id=sent, text=part.body.text, by_us=True, conversation=turn.conversation
        )
        written = SentPart(message_id=sent, part=part, turn_id=turn.id, outcome=Outcome.ANSWERED)
        await self.mailbox.complete(claim=claim, changes=TurnChanges(sent={0: sent}, parts={0: written}, words=(said,)))
        await self.mailbox.log.advance(  # type: ignore[attr-defined]
            updates=[StatusUpdate(channel="whatsapp", message_id=sent, status=DeliveryStatus.READ, at=1.0)]
        )

    async def fill(self) -> None:
        """Something of Zoe in every kind of record."""
        states = self.mailbox.states  # type: ignore[attr-defined]
        await self.write()
        await self.answer()
        await self.write(f"{WORDS} again")
        await self.answer(dead=True)
        await states.change(conversation=CONVERSATION, joined_session="15550002222", shared_phone="15550002222")
        await states.change(conversation=ON_TELEGRAM, joined_session="15550002222")
        await self.shared_sessions.hold(session="15550002222", turn=f"{CONVERSATION}/t", number=1, seconds=60)
        rates = SendRates(person=SendRate(interval_seconds=60, burst=1), account=None)
        await self.limiter.take(CreditRequest(conversation=CONVERSATION, turn_id="t", send_rates=rates))
        await self.requests.claim(channel="whatsapp", key="k", request="digest\n15550002222")
        place = await self.outbox.claim(receiver="company", worker="a") or ""
        dead = DeadEvent(event=PublishedEvent(id="1-1", activity=EVENT), reason="refused")
        await self.outbox.settle(
            receiver="company",
            worker="a",
            position=place,
            dead=[dead, evolve(dead, event=evolve(dead.event, id="1-2"))],
        )
        await self.outbox.replay(receiver="company", event_id="1-2")
        await self.mailbox.initiate(turn=initiated(turn_id="sent:zanzibar"))
        await self.write(f"{WORDS} waits")

    async def kinds(self, conversation: Conversation = CONVERSATION) -> set[RecordKind]:
        return {record.kind async for record in self.data.records(conversation=conversation)}

    async def text(self, conversation: Conversation = CONVERSATION) -> str:
        return json.dumps([record.value async for record in self.data.records(conversation=conversation)])

    async def erase(self, conversation: Conversation = CONVERSATION) -> None:
        assert await self.data.fence(conversation=conversation, force=False) is Fence.FREE
        await self.data.sweep(conversation=conversation)


class PersonalDataContract:
    """Inherit, and provide the fixture `stored`."""

    async def test_everything_is_found(self, stored: Stored) -> None:
        """A record of every kind, with the words in it."""
        await stored.fill()

        kinds, text = await stored.kinds(), await stored.text()

        missing = set(RecordKind) - kinds
        assert missing <= {RecordKind.RATE_LOG, RecordKind.TURN, RecordKind.OLD_SESSION}
        assert {WORDS in text, ANSWERED in text, "order" in text} == {True}

    async def test_nothing_is_left(self, stored: Stored) -> None:
        """Not of the person; everything of others."""
        await stored.write("from bob", person=BOB)
        await stored.answer(person=BOB)
        bob = Conversation(channel="whatsapp", user=BOB.key)
        before = await stored.kinds(bob)
        await stored.fill()

        await stored.erase()

        assert await stored.text() == "[]"
        assert await stored.directory.find(channel="whatsapp", alias=Alias(AliasKind.USERNAME, "zoe_zanzibar")) is None
        assert await stored.kinds(bob) == before
        assert "from bob" in await stored.text(bob)

    async def test_to_erase_twice_or_nobody_is_safe(self, stored: Stored) -> None:
        """Nothing is there, so nothing is erased."""
        await stored.erase()
        await stored.erase()

        assert await stored.data.sweep(conversation=CONVERSATION) == 0

    async def test_a_worker_may_end_its_turn_first(self, stored: Stored) -> None:
        """While it answers, nothing is forgotten."""
        await stored.write()
        claim, _ = await begin_one(stored.mailbox)

        busy = await stored.data.fence(conversation=CONVERSATION, force=False)
        await stored.mailbox.complete(claim=claim)

        assert busy is Fence.BUSY
        assert await stored.data.fence(conversation=CONVERSATION, force=False) is Fence.FREE

    async def test_a_worker_that_is_cut_off_stores_nothing(self, stored: Stored) -> None:
        """Its turn is gone, and with it the right to end it."""
        await stored.write()
        claim, _ = await begin_one(stored.mailbox)

        found = await stored.data.fence(conversation=CONVERSATION, force=True)

        assert found is Fence.CUT_OFF
        with pytest.raises(LeaseLostError):
            await stored.mailbox.complete(claim=claim)
        await stored.data.sweep(conversation=CONVERSATION)
        assert await stored.text() == "[]"

    async def test_what_comes_after_the_fence_is_whole(self, stored: Stored) -> None:
        """It is answered, as the message of somebody new. What was sent before is not answered when it comes again."""
        await stored.write(message_id="wamid.first")
        await stored.data.fence(conversation=CONVERSATION, force=False)
        await stored.write("afterwards")
        await stored.data.sweep(conversation=CONVERSATION)

        again = await stored.write(message_id="wamid.first")
        _, turn = await begin_one(stored.mailbox)

        assert again is Acceptance.KNOWN
        assert bodies(turn) == ["afterwards"]
        page = await stored.transcripts.page(conversation=CONVERSATION, limit=10)
        assert [entry.what.content.body for entry in page if entry.what] == ["afterwards"]  # type: ignore[union-attr]

    async def test_joined_conversations_are_found(self, stored: Stored) -> None:
        """From either side; nobody else's."""
        await stored.fill()
        await stored.write("from bob", person=BOB)

        assert await stored.data.joined_to(conversation=CONVERSATION) == (ON_TELEGRAM,)
        assert await stored.data.joined_to(conversation=ON_TELEGRAM) == (CONVERSATION,)
        assert await stored.data.joined_to(conversation=Conversation(channel="whatsapp", user=BOB.key)) == ()

    async def test_an_interrupted_erasure_is_known(self, stored: Stored) -> None:
        """Under its own name, until it is finished."""
        await stored.data.begin(name="whatsapp:@zoe", conversations=[CONVERSATION, ON_TELEGRAM])

        known = await stored.data.interrupted(name="whatsapp:@zoe"), await stored.data.interrupted(name="whatsapp:1")
        await stored.data.finish(name="whatsapp:@zoe")

        assert known == ((CONVERSATION, ON_TELEGRAM), ())
        assert await stored.data.interrupted(name="whatsapp:@zoe") == ()
