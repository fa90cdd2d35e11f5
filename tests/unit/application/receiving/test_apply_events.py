"""Events of a channel that are not messages: statuses, notices, preferences."""

import pytest

from adapters.memory.clock import FakeClock
from application.ports.breaker_store import Breaker, State
from domain.conversations.activity import ActivityKind
from domain.conversations.channel_events import AccountNotice, MarketingPreference
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.people.person import Conversation
from support.answering import Answering
from support.events_channel import receive
from support.messages import ANA

NOW = FakeClock().now()
CONVERSATION = Conversation(channel="whatsapp", user=str(ANA.phone))


def status(what: DeliveryStatus, **more: object) -> StatusUpdate:
    return StatusUpdate(channel="whatsapp", message_id="wamid.out.1", status=what, at=1, **more)  # type: ignore[arg-type]


async def test_statuses_only_move_forward() -> None:
    """Repeated and late ones are not published. A failure is published once."""
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


@pytest.mark.parametrize("urgent", [True, False])
async def test_a_notice_that_blocks_the_account_opens_the_circuit_breaker(*, urgent: bool) -> None:
    """Other notices are only published."""
    answering = Answering()
    notice = AccountNotice(channel="whatsapp", kind="DISABLED_UPDATE", detail="policy", urgent=urgent, at=NOW)

    await receive(answering, notice)

    assert answering.happened[ActivityKind.ACCOUNT] == [{"kind": "DISABLED_UPDATE", "detail": "policy"}]
    breaker = await answering.breaker.try_acquire(channel="whatsapp")
    assert (breaker.state is not State.CLOSED) is urgent


async def test_an_old_notice_has_no_effect() -> None:
    """It may be delivered again after an operator closed the circuit breaker."""
    answering = Answering()
    notice = AccountNotice(channel="whatsapp", kind="DISABLED_UPDATE", urgent=True, at=NOW)
    await receive(answering, notice)
    await answering.breaker.close(channel="whatsapp")
    answering.clock.advance(61)

    await receive(answering, notice)

    assert await answering.breaker.try_acquire(channel="whatsapp") == Breaker()
    assert len(answering.happened[ActivityKind.STOPPED]) == 1


async def test_a_notice_without_a_time_counts_once() -> None:
    """Nobody can tell how old it is, and it could be delivered again and again."""
    answering = Answering()

    for _ in range(3):
        notice = AccountNotice(
            channel="whatsapp", kind="error", detail="131042", urgent=True, at=answering.clock.now(), dated=False
        )
        await receive(answering, notice)
        await answering.breaker.close(channel="whatsapp")
        answering.clock.advance(61)

    assert len(answering.happened[ActivityKind.STOPPED]) == 1
    assert len(answering.happened[ActivityKind.ACCOUNT]) == 3


async def test_a_marketing_preference_is_published() -> None:
    """With the person and their choice."""
    answering = Answering()
    stopped = MarketingPreference(
        channel="whatsapp", person=ANA, allowed=False, at=NOW, description="User requested it"
    )

    await receive(answering, stopped)

    assert answering.happened[ActivityKind.PREFERENCE] == [
        {"person": str(ANA.phone), "marketing": "refused", "detail": "User requested it"}
    ]


async def test_the_circuit_breaker_opens_from_the_time_of_the_notice() -> None:
    """A clock ahead of ours does not keep it open longer."""
    answering = Answering()

    for age in (45.0, -7200.0):
        await receive(answering, AccountNotice(channel="whatsapp", kind="x", urgent=True, at=NOW - age))
        breaker = await answering.breaker.try_acquire(channel="whatsapp")

        assert breaker.state is State.OPEN
        assert 0 < breaker.seconds <= (15 if age > 0 else 60)


async def test_a_status_is_published_in_its_conversation() -> None:
    """If the channel echoed our reference."""
    answering = Answering()

    await receive(answering, status(DeliveryStatus.DELIVERED, reference=f"turn-1/0/{CONVERSATION}"))
    await receive(answering, status(DeliveryStatus.READ, reference="somebody else's"))
    await receive(answering, status(DeliveryStatus.PLAYED, reference="turn-1/0/another-channel:15550002222"))

    published = [one.conversation for one in answering.feed.activities if one.kind is ActivityKind.DELIVERY]
    assert published == [str(CONVERSATION), "", ""]
