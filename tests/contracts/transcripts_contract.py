"""What every store of transcripts promises: what was received and sent, in order, each once."""

from typing import Any

import pytest
from attrs import evolve, frozen

from application.ports.inbox import DeliveryConfirmation
from application.ports.intake import Intake
from application.ports.leases import LeaseLostError
from application.ports.positions import InvalidPositionError
from application.ports.turn_changes import TurnChanges
from contracts.initiated_turns_contract import initiated
from contracts.mailbox_steps import ANSWER, begin_one, take_over
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.conversations.transcript import ColleagueReply, SentPart, TranscriptEvent
from domain.messages.inbound import InboundMessage, MessageFacts
from domain.people.person import Conversation
from support.messages import ANA, BOB, CONVERSATION, enqueued, message

EVENT = TranscriptEvent(kind=ActivityKind.RETRIED, reason="agent: timeout", turn_id="1-0")
REPLY = ColleagueReply(message_id="wamid.echo", text="I call you.")


def part(number: int, *, message_id: str = "") -> SentPart:
    return SentPart(message_id=message_id or f"out.{number}", part=ANSWER.parts[number], turn_id="t")


@frozen(kw_only=True)
class Kept:
    """A mailbox, the intake before it, and the transcripts of both."""

    mailbox: Any
    intake: Intake
    transcripts: Any

    async def receive(self, *messages: InboundMessage) -> None:
        activities = [Activity(kind=ActivityKind.RECEIVED, channel="whatsapp", at=1.0) for _ in messages]
        posts = [evolve(enqueued(), message=one) for one in messages]
        await self.intake.store(messages=posts, activities=activities)

    async def said(self, conversation: Conversation = CONVERSATION) -> list[Any]:
        return [entry.what for entry in await self.transcripts.page(conversation=conversation, limit=100)]


class TranscriptsContract:
    """Inherit, and provide the fixture `kept`."""

    @pytest.fixture
    async def kept(self) -> Kept:
        raise NotImplementedError

    async def test_messages_are_kept_as_they_were_received(self, kept: Kept) -> None:
        """Each once, in their order, however often they are delivered."""
        first, second = message("first", message_id="m1"), message('second "\u00e9"', message_id="m2")

        await kept.receive(first, second)
        await kept.receive(second)

        assert await kept.said() == [first, second]

    async def test_parts_are_kept_when_they_are_sent(self, kept: Kept) -> None:
        """With the step that records them. A repeated step adds nothing."""
        hello = message("hello", message_id="m1")
        await kept.receive(hello)
        claim, _ = await begin_one(kept.mailbox)
        await kept.mailbox.save_reply(claim=claim, reply=ANSWER)
        for _ in range(2):
            await kept.mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "out.0"}, parts={0: part(0)}))
        await kept.mailbox.complete(claim=claim, changes=TurnChanges(sent={1: "out.1"}, parts={1: part(1)}))

        assert await kept.said() == [hello, part(0), part(1)]

    async def test_a_part_that_was_confirmed_first_is_kept_once(self, kept: Kept) -> None:
        """The channel may confirm it before its send is recorded, also when nobody will record it any more."""
        await kept.receive(message("hello", message_id="m1"))
        claim, turn = await begin_one(kept.mailbox)
        await kept.mailbox.save_reply(claim=claim, reply=ANSWER)
        confirmation = DeliveryConfirmation(reference=turn.reference(0), message_id="out.0")
        for _ in range(2):
            await kept.mailbox.confirm(confirmations=[confirmation])

        await kept.mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "out.0"}, parts={0: part(0)}))

        assert (await kept.said())[1:] == [evolve(part(0), turn_id=turn.id)]

    async def test_events_come_with_the_step(self, kept: Kept) -> None:
        """After the part that it sent. A stale worker adds nothing."""
        await kept.receive(message("hello", message_id="m1"))
        stale, _ = await begin_one(kept.mailbox)
        await kept.mailbox.save_reply(claim=stale, reply=ANSWER)
        claim = await take_over(kept.mailbox, worker="b")
        changes = TurnChanges(sent={0: "out.0"}, parts={0: part(0)}, events=(EVENT,))

        with pytest.raises(LeaseLostError):
            await kept.mailbox.retry_later(claim=stale, after_seconds=60, error="why", changes=changes)
        await kept.mailbox.retry_later(claim=claim, after_seconds=60, error="why", changes=changes)

        assert (await kept.said())[1:] == [part(0), EVENT]

    async def test_what_happens_beside_turns(self, kept: Kept) -> None:
        """A colleague wrote, or something failed."""
        await kept.transcripts.add(conversation=CONVERSATION, what=[REPLY, EVENT])

        assert await kept.said() == [REPLY, EVENT]

    async def test_pages_go_back_in_time(self, kept: Kept) -> None:
        """Each in the order of the conversation."""
        messages = [message(str(number)) for number in range(5)]
        await kept.receive(*messages)

        latest = await kept.transcripts.page(conversation=CONVERSATION, limit=2)
        before = await kept.transcripts.page(conversation=CONVERSATION, limit=2, before=latest[0].id)
        first = await kept.transcripts.page(conversation=CONVERSATION, limit=2, before=before[0].id)

        assert [entry.what for page in (first, before, latest) for entry in page] == messages
        with pytest.raises(InvalidPositionError):
            await kept.transcripts.page(conversation=CONVERSATION, limit=2, before="yesterday")

    async def test_a_message_of_ours_has_its_status(self, kept: Kept) -> None:
        """The highest that the channel told."""
        await kept.transcripts.add(conversation=CONVERSATION, what=[part(0), part(1)])
        update = StatusUpdate(channel="whatsapp", message_id="out.0", status=DeliveryStatus.READ, at=1.0)
        await kept.mailbox.log.advance(updates=[update])

        entries = await kept.transcripts.page(conversation=CONVERSATION, limit=10)

        assert [entry.status for entry in entries] == [DeliveryStatus.READ, None]

    async def test_conversations_are_listed_the_latest_first(self, kept: Kept) -> None:
        """With the names of the person, and whether something waits."""
        named = evolve(message("hi", person=evolve(ANA, user_id="US.1")), facts=MessageFacts(username="ana.example"))
        await kept.receive(named)
        await self._answer(kept)
        await self._pass()
        await kept.receive(message("hello", person=BOB))
        await kept.mailbox.states.change(conversation=CONVERSATION, human_until=60.5)

        bob, ana = (await kept.transcripts.newest(limit=10)).conversations

        assert (str(bob.conversation), bob.name, bob.waits) == (f"whatsapp:{BOB.phone}", "Bob", True)
        assert (ana.name, ana.phone, ana.user_id, ana.username) == ("Ana", ANA.phone, "US.1", "ana.example")
        assert (ana.waits, ana.heard_at, ana.human_until) == (False, named.sent_at, 60.5)

    async def test_a_conversation_that_we_began_is_listed(self, kept: Kept) -> None:
        """From the first part on that was sent."""
        await kept.mailbox.initiate(turn=initiated())
        claim, turn = await begin_one(kept.mailbox)
        assert (await kept.transcripts.newest(limit=10)).conversations == ()
        await kept.mailbox.complete(claim=claim, changes=TurnChanges(sent={0: "out.0"}, parts={0: part(0)}))

        (ana,) = (await kept.transcripts.newest(limit=10)).conversations

        assert ana.conversation == turn.conversation

    async def test_names_are_those_of_the_latest_message(self, kept: Kept) -> None:
        """People change their names. A message that arrives late brings no old name back."""
        listed = []
        for name, sent_at in (("Ana", 10), ("Ana Rey", 30), ("Anita", 20)):
            await kept.receive(message(person=evolve(ANA, name=name), sent_at=sent_at))
            (ana,) = (await kept.transcripts.newest(limit=10)).conversations
            listed.append((ana.name, ana.phone))

        assert listed == [("Ana", ANA.phone), ("Ana Rey", ANA.phone), ("Ana Rey", ANA.phone)]

    async def test_pages_of_conversations(self, kept: Kept) -> None:
        """Each conversation on one page, also where many are of the same time."""
        people = [evolve(ANA, phone=f"1555000{number:04}") for number in range(7)]
        await kept.receive(*(message("hi", person=person) for person in people))

        listed, end = [], None
        while True:
            page = await kept.transcripts.newest(limit=3, after=end)
            listed += [one.conversation.user for one in page.conversations]
            if (end := page.end) is None:
                break

        assert sorted(listed) == [person.phone for person in people]
        with pytest.raises(InvalidPositionError):
            await kept.transcripts.newest(limit=3, after="first")

    async def test_how_long_a_message_waits(self, kept: Kept) -> None:
        """None where none does."""
        await kept.receive(message("hello"))
        bobs = Conversation(channel="whatsapp", user=BOB.key)

        waits, none = await kept.transcripts.waiting_seconds(conversations=[CONVERSATION, bobs])

        assert 0 <= waits < 60
        assert none is None

    async def test_conversations_with_dead_letters(self, kept: Kept) -> None:
        """However many each has."""
        for number in range(2):
            await kept.receive(message("hello", message_id=f"m{number}"))
            claim, _ = await begin_one(kept.mailbox)
            await kept.mailbox.dead_letter(claim=claim, reason="why")

        assert await kept.transcripts.with_dead_letters() == {CONVERSATION}

    async def _answer(self, kept: Kept) -> None:
        claim, _ = await begin_one(kept.mailbox)
        await kept.mailbox.save_reply(claim=claim, reply=ANSWER)
        await kept.mailbox.complete(claim=claim)

    async def _pass(self) -> None:
        """Let a moment pass, so that times differ."""
