"""One part is sent: its recipient, the window, the wait after a file, and its replacements."""

import pytest
from attrs import define, evolve, field

from adapters.memory.agent import ScriptedAgent
from adapters.memory.mailbox import MemoryMailbox
from adapters.memory.message_log import MemoryMessageLog
from application.ports.agent import AgentAnswer
from application.sending import send_part
from domain.conversations.activity import ActivityKind
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.conversations.outcome import Outcome
from domain.messages.outbound import LinkPart, MediaPart, TemplatePart, TextPart
from domain.messages.shared_values import MediaKind
from domain.people.person import Conversation, Person
from domain.policies.retry import SendFailure
from support.answering import QUICK, Answering
from support.messages import ANA, BOB, enqueued
from support.turns import answer_once, answer_to_the_end
from support.watched_ports import WatchedMailbox, WatchedMessenger

CONVERSATION = Conversation(channel="whatsapp", user=str(ANA.phone))
MOVED = Person(phone="15550009999")
DAY = 24 * 3600.0
VOICE = "https://example.org/a.ogg"


def agent_with(*messages: object) -> ScriptedAgent:
    """An agent that always answers with these objects."""
    return ScriptedAgent(script=lambda _: AgentAnswer(text="", data={"messages": list(messages)}))


@define(kw_only=True)
class WatchedLog(MemoryMessageLog):
    """Records how many parts were sent at each question. The file has arrived at the `arrives_after`th question."""

    messenger: WatchedMessenger
    arrives_after: int | None
    looks: list[int] = field(factory=list)

    async def arrived(self, *, channel: str, message_id: str) -> bool:
        self.looks.append(len(self.messenger.sent))
        if len(self.looks) == self.arrives_after:
            update = StatusUpdate(channel=channel, message_id=message_id, status=DeliveryStatus.DELIVERED, at=1)
            await self.advance(updates=[update])
        return await super().arrived(channel=channel, message_id=message_id)


@pytest.mark.parametrize(("after", "to"), [(1, MOVED), (-60, ANA)])
async def test_a_person_who_moved_is_written_to_at_the_new_number(after: float, to: Person) -> None:
    """Also when they moved while the agent ran. A later message of theirs names them itself."""
    answering = Answering()
    wrote_at = answering.clock.now() - 30
    await answering.accept(enqueued(sent_at=wrote_at))
    await answering.states.change(conversation=CONVERSATION, moved_to=MOVED, moved_at=wrote_at + after)

    await answer_once(answering)

    assert answering.messenger.sent[0].to == to


async def test_a_window_opens_again_when_the_person_writes_again() -> None:
    """Their earlier message is answered, too."""
    answering = Answering(window_seconds=DAY)
    now = answering.clock.now()
    await answering.accept(enqueued(sent_at=now - DAY + 60))
    answering.messenger.send_failures.append(SendFailure.THROTTLED)
    assert await answer_once(answering) is Outcome.RETRIED

    answering.clock.advance(120)
    await answering.states.change(conversation=CONVERSATION, heard_at=now + 100)

    assert await answer_to_the_end(answering) == [Outcome.ANSWERED]
    assert answering.dead == []


@pytest.mark.parametrize("arrives_after", [3, None])
async def test_a_part_after_a_file_waits_for_its_arrival(
    monkeypatch: pytest.MonkeyPatch, arrives_after: int | None
) -> None:
    """A channel may deliver a text while it still fetches the file. The wait is limited: a phone may be off."""
    monkeypatch.setattr(send_part, "ARRIVAL_POLL_SECONDS", 0.001)
    messenger = WatchedMessenger(media_may_arrive_late=True)
    log = WatchedLog(messenger=messenger, arrives_after=arrives_after)
    agent = agent_with({"image": "https://example.org/a.png"}, {"text": "Nice?"})
    answering = Answering(agent=agent, messenger=messenger, mailbox=WatchedMailbox(MemoryMailbox(log=log)))
    await answering.accept(enqueued())

    await answer_once(answering)

    assert [type(sent.part) for sent in messenger.sent] == [MediaPart, TextPart]
    assert log.looks == [1] * (arrives_after or send_part.MAX_ARRIVAL_POLLS)


async def test_no_wait_where_a_file_cannot_arrive_late() -> None:
    """Nor after the last part."""
    log = WatchedLog(messenger=WatchedMessenger(), arrives_after=None)
    agent = agent_with({"text": "Look:"}, {"image": "https://example.org/a.png"})

    for overtaken in (True, False):
        messenger = WatchedMessenger(media_may_arrive_late=overtaken)
        answering = Answering(agent=agent, messenger=messenger, mailbox=WatchedMailbox(MemoryMailbox(log=log)))
        await answering.accept(enqueued())
        await answer_once(answering)

    assert log.looks == []


async def test_a_refused_part_is_replaced_by_text() -> None:
    """The parts after it are sent as well."""
    link = {"link": {"title": "Open", "url": "https://localhost/"}, "text": "See:"}
    answering = Answering(agent=agent_with({"location": {"latitude": 1, "longitude": 2}}, link, {"text": "Bye"}))
    await answering.accept(enqueued())

    answering.messenger.send_failures.extend([None, SendFailure.PART_REFUSED])

    assert await answer_once(answering) is Outcome.ANSWERED

    assert LinkPart not in {type(sent.part) for sent in answering.messenger.sent}
    assert answering.messenger.sent_texts[1:] == ["See:\n\nOpen: https://localhost/", "Bye"]
    assert answering.happened[ActivityKind.ANSWERED][0]["reason"] == "part 1 replaced: part_refused"


async def test_a_refused_text_becomes_a_dead_letter() -> None:
    """There is nothing simpler to send."""
    answering = Answering()
    await answering.accept(enqueued())
    answering.messenger.send_failures.append(SendFailure.PART_REFUSED)

    assert await answer_once(answering) is Outcome.FAILED

    assert answering.dead == [("whatsapp:15550002222", "send: part_refused (asked to fail)")]


async def test_a_refused_voice_note_is_sent_as_audio() -> None:
    """Its format may be one that channels do not play as a voice note.

    If the audio is refused too, its address is sent.
    """
    answering = Answering(agent=agent_with({"voice": VOICE}))
    await answering.accept(enqueued())
    answering.messenger.send_failures.append(SendFailure.MEDIA_REFUSED)

    await answer_once(answering)

    assert [sent.part for sent in answering.messenger.sent] == [MediaPart(kind=MediaKind.AUDIO, link=VOICE)]


async def test_without_a_connection_everything_waits() -> None:
    """For any time, and nothing is lost. One turn at a time tries the connection."""
    answering = Answering(retries=evolve(QUICK, max_seconds=0.005))
    await answering.accept(enqueued("from Ana"))
    answering.messenger.send_failures.extend([SendFailure.UNREACHABLE] * 6)

    outcomes = await answer_to_the_end(answering)
    await answering.accept(enqueued("from Bob", person=BOB))
    await answer_once(answering)

    assert outcomes[:3] == [Outcome.RETRIED, Outcome.RETRIED, Outcome.DEFERRED]
    assert (outcomes[-1], answering.dead) == (Outcome.ANSWERED, [])
    assert answering.messenger.sent_texts == ["You said: from Ana", "You said: from Bob"]
    assert len(answering.happened[ActivityKind.STOPPED]) == len(answering.happened[ActivityKind.RESUMED]) == 1


async def test_a_throttled_number_delays_everybody() -> None:
    """Other sends would be refused as well, and each refusal counts."""
    answering = Answering()
    await answering.accept(enqueued("from Ana"), enqueued("from Bob", person=BOB))
    answering.messenger.send_failures.append(SendFailure.THROTTLED)

    outcomes = [await answer_once(answering)]
    while len(answering.messenger.sent) < 2:
        outcomes.append(await answer_once(answering))

    assert outcomes.count(Outcome.RETRIED) == 1
    assert answering.dead == []


async def test_a_reaction_that_is_refused_is_left_out() -> None:
    """A text cannot replace it. The parts after it are sent."""
    answering = Answering(agent=agent_with({"reaction": "x"}, {"text": "Done"}))
    await answering.accept(enqueued())
    answering.messenger.send_failures.append(SendFailure.PART_REFUSED)

    assert await answer_once(answering) is Outcome.ANSWERED

    assert answering.messenger.sent_texts == ["Done"]


async def test_an_operators_message_goes_to_the_new_number() -> None:
    """The person moved after it was queued. A later message of theirs names them itself."""
    answering = Answering()
    now = answering.clock.now()
    await answering.initiate(channel="whatsapp", to=ANA, parts=[TextPart(body="one")], key="a")
    await answering.states.change(conversation=CONVERSATION, moved_to=MOVED, moved_at=now)
    await answer_once(answering)

    await answering.states.change(conversation=CONVERSATION, heard_at=now + 60)
    await answering.initiate(channel="whatsapp", to=ANA, parts=[TextPart(body="two")], key="b")
    await answer_once(answering)

    assert [sent.to for sent in answering.messenger.sent] == [MOVED, ANA]


async def test_an_operators_message_is_not_replaced_by_the_template() -> None:
    """It is too late, and becomes a dead letter for the operator."""
    template = TemplatePart(name="we_are_back", language="en")
    answering = Answering(window_seconds=DAY, late_template=template)
    await answering.states.change(conversation=CONVERSATION, heard_at=answering.clock.now())
    await answering.initiate(channel="whatsapp", to=ANA, parts=[TextPart(body="one")], key="a")
    answering.clock.advance(DAY)

    assert await answer_once(answering) is Outcome.FAILED

    assert answering.messenger.sent == []
