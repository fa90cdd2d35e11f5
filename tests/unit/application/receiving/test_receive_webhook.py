"""A webhook is stored first, and answered after that."""

import asyncio
import json

import pytest

from application.channels import UnknownChannelError
from application.ports.breaker_store import Breaker
from application.ports.inbound_channel import (
    ForgedWebhookError,
    InboundEvent,
    MalformedWebhookError,
    WebhookAnswer,
)
from application.ports.store import StoreUnavailableError
from application.receiving.receive_webhook import Receipt
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.agent_notes import describe_note
from domain.conversations.channel_events import AccountNotice
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.transcript import TranscriptEvent
from domain.messages.inbound import Unrecognised
from domain.messages.outbound import TextPart
from support.answering import CHANNEL_TOKEN, Answering
from support.begin import begin_turn
from support.events_channel import receive, receiver
from support.messages import ANA, BOB, enqueued, message

URL = "https://example.org/webhook"
SIGNED = {"x-channel-token": CHANNEL_TOKEN}
REPLY = Reply(outcome=Outcome.ANSWERED, parts=(TextPart(body="one"), TextPart(body="two")))


def status(reference: str | None, *, what: DeliveryStatus = DeliveryStatus.SENT) -> StatusUpdate:
    return StatusUpdate(channel="whatsapp", message_id="wamid.out.1", status=what, at=1, reference=reference)


def counts(receipt: Receipt) -> tuple[int, int, int]:
    return receipt.messages, receipt.duplicates, receipt.others


async def test_messages_are_stored() -> None:
    """Each with the time when it arrived."""
    answering = Answering()
    body = json.dumps([{"id": "m1", "user": "ana", "text": "hello", "sent_at": 7}]).encode()

    receipt = await receiver(answering)(channel="whatsapp", headers=SIGNED, body=body, url=URL)

    turn = await begin_turn(answering.mailbox, await answering.claim())
    assert counts(receipt) == (1, 0, 0)
    assert [(stored.id, stored.sent_at, stored.arrived_at) for stored in turn.messages] == [
        ("m1", 7, answering.clock.now())
    ]


async def test_a_forged_call_changes_nothing() -> None:
    """Its body is not read."""
    answering = Answering()

    with pytest.raises(ForgedWebhookError):
        await receiver(answering)(
            channel="whatsapp", headers={"x-channel-token": "wrong"}, body=b"not even JSON", url=URL
        )

    assert (answering.mailbox.steps, answering.feed.activities) == ([], [])


@pytest.mark.parametrize(
    "foreign",
    [message("spend it", channel="sales"), AccountNotice(channel="sales", kind="x", urgent=True, at=1)],
    ids=["message", "notice"],
)
async def test_a_sender_speaks_only_for_channels_with_its_secret(foreign: InboundEvent) -> None:
    """Nothing of the call is acknowledged: perhaps an operator still adds the missing secret."""
    answering = Answering()

    with pytest.raises(ForgedWebhookError, match="sales"):
        await receive(answering, message("hello"), foreign)

    assert (answering.mailbox.steps, answering.feed.activities) == ([], [])
    assert await answering.breaker.try_acquire(channel="sales") == Breaker()


async def test_a_malformed_call_changes_nothing() -> None:
    """Authentic, but not in the channel's format."""
    answering = Answering()

    with pytest.raises(MalformedWebhookError):
        await receiver(answering)(channel="whatsapp", headers=SIGNED, body=b"not even JSON", url=URL)

    assert (answering.mailbox.steps, answering.feed.activities) == ([], [])


async def test_an_unknown_channel_is_refused() -> None:
    """By its name."""
    with pytest.raises(UnknownChannelError, match="no channel named 'fax'"):
        await receiver(Answering())(channel="fax", headers=SIGNED, body=b"[]", url=URL)


async def test_nothing_is_published_before_it_is_stored() -> None:
    """Without the store there is no receipt, and the channel delivers again."""
    answering = Answering()
    answering.mailbox.away = True

    with pytest.raises(StoreUnavailableError):
        await receive(answering, message())

    assert answering.feed.activities == []


async def test_a_store_that_is_slow_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time-outs of several steps add up, but the channel gets its answer while it still waits."""
    monkeypatch.setattr("application.receiving.receive_webhook.STORE_SECONDS", 0.05)
    answering = Answering()
    answering.mailbox.before["accept"] = asyncio.Event().wait

    with pytest.raises(StoreUnavailableError, match="not stored within"):
        await asyncio.wait_for(receive(answering, message()), 5)


async def test_nothing_is_published_when_a_confirmation_could_not_be_stored() -> None:
    """The messages of the call are stored. When they are delivered again, they are duplicates."""
    answering = Answering()
    both = (message(), status("7-0/0/whatsapp:15550002222"))

    async def away() -> None:
        raise StoreUnavailableError("away")

    answering.mailbox.before["confirm"] = away
    with pytest.raises(StoreUnavailableError):
        await receive(answering, *both)
    del answering.mailbox.before["confirm"]

    assert counts(await receive(answering, *both)) == (1, 1, 1)


async def test_a_message_delivered_again_is_a_duplicate() -> None:
    """In another call, or twice in one. It is published once."""
    answering = Answering()
    first, second = message(message_id="m1"), message(message_id="m2")

    receipts = [await receive(answering, first), await receive(answering, first, second, second)]

    assert [counts(receipt) for receipt in receipts] == [
        (1, 0, 0),
        (3, 2, 0),
    ]
    assert [detail["message_id"] for detail in answering.happened[ActivityKind.RECEIVED]] == ["m1", "m2"]


async def test_a_batch_of_many_is_stored_in_one_step() -> None:
    """Messages of many people, statuses and malformed items in one call."""
    answering = Answering()
    messages = [message(str(number), person=person, sent_at=number) for number in range(50) for person in (ANA, BOB)]

    receipt = await receive(answering, *messages, status(None), Unrecognised(channel="whatsapp", kind="field:flows"))

    assert counts(receipt) == (100, 0, 2)
    assert answering.mailbox.steps == ["accept"]


async def test_a_call_without_messages_needs_no_store() -> None:
    """A status without our reference is only published."""
    answering = Answering()

    receipt = await receive(answering, status(None, what=DeliveryStatus.READ))

    assert counts(receipt) == (0, 0, 1)
    assert answering.mailbox.steps == []


async def test_an_echo_of_our_reference_confirms_the_send() -> None:
    """A part that was sent but not recorded is recorded by it."""
    answering = Answering()
    await answering.accept(enqueued())
    claim = await answering.claim()
    turn = await begin_turn(answering.mailbox, claim)
    await answering.mailbox.save_reply(claim=claim, reply=REPLY)

    await receive(answering, status(str(turn.reference(0))))

    assert (await begin_turn(answering.mailbox, claim)).sent == ("wamid.out.1",)


@pytest.mark.parametrize("reference", [None, "", "order-77", "a/b/c", "7-0/0/", "7-0/x/whatsapp:15550002222"])
async def test_a_foreign_reference_confirms_nothing(reference: str | None) -> None:
    """Other programs send from the same number. Their statuses are published all the same."""
    answering = Answering()

    await receive(answering, status(reference))

    assert "confirm" not in answering.mailbox.steps
    assert len(answering.happened[ActivityKind.DELIVERY]) == 1


async def test_every_event_is_published() -> None:
    """With the channel's reasons for a failed delivery, and ours for an item that was not understood."""
    answering = Answering()
    failed = StatusUpdate(
        channel="whatsapp",
        message_id="wamid.out.1",
        status=DeliveryStatus.FAILED,
        at=1,
        errors=("131026: undeliverable", "131047: too late"),
    )

    await receive(answering, failed, Unrecognised(channel="whatsapp", kind="message:malformed", detail="no id"))

    now = answering.clock.now()
    assert answering.feed.activities == [
        Activity(
            kind=ActivityKind.UNDELIVERED,
            channel="whatsapp",
            at=now,
            detail={
                "message_id": "wamid.out.1",
                "status": "failed",
                "errors": "131026: undeliverable; 131047: too late",
            },
        ),
        Activity(
            kind=ActivityKind.UNRECOGNISED,
            channel="whatsapp",
            at=now,
            detail={"kind": "message:malformed", "detail": "no id"},
        ),
    ]


async def test_the_feed_does_not_hold_what_people_wrote() -> None:
    """Only whose message it was, and that it was text."""
    answering = Answering()

    await receive(answering, message("my card number is 4111", message_id="m1"))

    (activity,) = answering.feed.activities
    assert activity.conversation == "whatsapp:15550002222"
    assert activity.detail == {"message_id": "m1", "content": "text"}


async def test_too_many_waiting_messages_are_left_out() -> None:
    """Only those of this person. The call is accepted, and watchers and the agent learn what was left out."""
    answering = Answering()
    answering.mailbox.mailbox.max_waiting = 2
    many = [message(f"{number}", message_id=f"m{number}") for number in range(4)]

    receipt = await receive(answering, *many, message(person=BOB))

    state = await answering.states.of(conversation=many[0].conversation)
    assert counts(receipt) == (5, 0, 0)
    assert len(answering.happened[ActivityKind.RECEIVED]) == 3
    assert answering.happened[ActivityKind.LIMITED] == [
        {"message_id": name, "reason": "too many messages wait already"} for name in ("m2", "m3")
    ]
    assert tuple(map(describe_note, state.agent_notes)) == (
        "[sent more messages than can wait; the latest of them are lost]",
    )
    *_, last = await answering.transcripts.page(conversation=many[0].conversation, limit=10)
    assert last.what == TranscriptEvent(kind=ActivityKind.LIMITED, reason="too many messages wait already")


async def test_the_channels_own_answer_comes_back() -> None:
    """Some channels expect one. Others get none."""
    answering = Answering()
    receive_call = receiver(answering)

    asked = await receive_call(channel="whatsapp", headers=SIGNED, body=b'{"challenge": "1158"}', url=URL)
    other = await receive_call(channel="whatsapp", headers=SIGNED, body=b"[]", url=URL)

    assert (asked.answer, other.answer) == (WebhookAnswer(body=b"1158", media_type="text/plain"), None)
