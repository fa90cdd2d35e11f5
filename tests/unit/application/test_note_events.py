"""What a channel tells beside messages."""

import pytest

from adapters.memory.agent import ScriptedAgent
from application.outcome import Outcome
from application.ports.agent import AgentAnswer
from domain.activity import ActivityKind
from domain.conversations import Conversation, Person
from domain.delivery import DeliveryStatus, StatusUpdate
from domain.failures import SendFailure
from domain.identity import IdentityChange
from domain.notices import AccountNotice, HumanReply
from domain.parts import TextPart
from support.answering import Answering, answer_once
from support.hearing import receive
from support.messages import ANA, message, post

CONVERSATION = Conversation(channel="whatsapp", user=str(ANA.phone))
MOVED = Person(phone="15550009999")
HIDDEN = Person(user_id="US.13491208655302741918")


def status(what: DeliveryStatus, **more: object) -> StatusUpdate:
    return StatusUpdate(channel="whatsapp", message_id="wamid.out.1", status=what, at=1, **more)  # type: ignore[arg-type]


def by_hand(to: Person = ANA, message_id: str = "wamid.hand.1") -> HumanReply:
    return HumanReply(channel="whatsapp", to=to, message_id=message_id, body="I will call you.", at=1)


async def test_statuses_only_ever_go_forward() -> None:
    """Repeated and late ones are nobody's news; a failure always is, once."""
    answering = Answering()
    kinds = [
        DeliveryStatus.DELIVERED,
        DeliveryStatus.SENT,
        DeliveryStatus.DELIVERED,
        DeliveryStatus.READ,
        DeliveryStatus.FAILED,
        DeliveryStatus.FAILED,
    ]

    receipts = [await receive(answering, status(kind)) for kind in kinds]

    news = [update.status for receipt in receipts for update in receipt.statuses]
    assert news == [DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.FAILED]
    assert [detail["status"] for detail in answering.happened[ActivityKind.DELIVERY]] == ["delivered", "read"]
    assert [detail["status"] for detail in answering.happened[ActivityKind.UNDELIVERED]] == ["failed"]


@pytest.mark.parametrize("hook", ["after_send", "before_send"])
async def test_a_file_that_was_refused_later_is_said_in_words(hook: str) -> None:
    """Once, however often the channel says so, and also before we have heard that it took the file."""
    picture = {"image": "https://example.org/a.png", "caption": "a map"}
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentAnswer(text="", data={"messages": [picture]})))
    await answering.accept(post())

    async def refuse() -> None:
        (turn,) = (box.turn for box in answering.mailbox.mailbox._boxes.values())
        refused = status(
            DeliveryStatus.FAILED, failure=SendFailure.MEDIA_REFUSED, to=ANA, reference=f"{turn.id}/0/{CONVERSATION}"
        )
        await receive(answering, refused)
        await receive(answering, refused)

    setattr(answering.messenger, hook, refuse)
    answered = await answer_once(answering)
    setattr(answering.messenger, hook, None)

    assert (answered, await answer_once(answering)) == (Outcome.ANSWERED, Outcome.INITIATED)
    assert answering.messenger.said == ["a map\nhttps://example.org/a.png"] * 2
    assert isinstance(answering.messenger.sent[1].part, TextPart)


async def test_a_human_who_answers_by_hand_silences_the_agent() -> None:
    """For the configured time; the agent learns what was said."""
    answering = Answering()

    await receive(answering, by_hand())
    await receive(answering, by_hand(), message("hello?"))

    assert await answer_once(answering) is Outcome.HELD
    standing = await answering.standings.of(conversation=CONVERSATION)
    assert standing.human_until == answering.clock.now() + answering.channel.human_seconds
    assert standing.remarks == ("[a colleague wrote: I will call you.]", "hello?")


async def test_a_human_may_write_to_somebody_without_a_number() -> None:
    """By the channel's own name for them."""
    answering = Answering()

    await receive(answering, by_hand(HIDDEN))

    conversation = Conversation(channel="whatsapp", user=str(HIDDEN.user_id))
    assert (await answering.standings.of(conversation=conversation)).with_human(now=answering.clock.now())


async def test_a_change_of_number_keeps_the_conversation_and_its_session() -> None:
    """The notice and the first message from the new number may come together."""
    answering = Answering()
    await receive(answering, message("hello"))
    await answer_once(answering)
    moved = IdentityChange(channel="whatsapp", known=(str(ANA.phone),), new=(str(MOVED.phone),), said="changed")

    await receive(answering, message("it is me", person=MOVED), moved)
    await answer_once(answering)

    assert [call.session_id for call in answering.agent.calls] == [ANA.phone, ANA.phone]
    assert [sent.to.phone for sent in answering.messenger.sent] == [ANA.phone, MOVED.phone]
    assert answering.happened[ActivityKind.IDENTITY] == [{"detail": "changed"}]


async def test_a_person_who_hides_their_number_stays_the_same() -> None:
    """Known by both names once, one is enough."""
    answering = Answering()
    both = Person(phone=ANA.phone, user_id=HIDDEN.user_id)
    await receive(answering, message("one", person=both))
    await answer_once(answering)

    await receive(answering, message("two", person=HIDDEN))
    await answer_once(answering)

    assert {call.session_id for call in answering.agent.calls} == {ANA.phone}
    assert answering.messenger.sent[1].to == HIDDEN


@pytest.mark.parametrize("urgent", [True, False])
async def test_a_locked_account_stops_the_number(*, urgent: bool) -> None:
    """Other notices are only told."""
    answering = Answering()
    notice = AccountNotice(channel="whatsapp", kind="DISABLED_UPDATE", detail="policy", urgent=urgent)

    await receive(answering, notice)

    assert answering.happened[ActivityKind.ACCOUNT] == [{"kind": "DISABLED_UPDATE", "detail": "policy"}]
    stopped = await answering.stops.stopped(channel="whatsapp")
    assert (stopped is not None) is urgent
