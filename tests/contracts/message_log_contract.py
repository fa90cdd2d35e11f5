"""What every message log promises."""

from collections.abc import Sequence

import pytest
from attrs import evolve

from application.ports.message_log import MessageLog, Remembered
from domain.conversations.delivery import DeliveryStatus, StatusUpdate

ON_THEIR_WAY = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ, DeliveryStatus.PLAYED)


def remembered(words: str, *, message_id: str = "wamid.1", channel: str = "whatsapp") -> Remembered:
    return Remembered(channel=channel, message_id=message_id, text=words)


def update(status: DeliveryStatus, *, message_id: str = "wamid.1", channel: str = "whatsapp") -> StatusUpdate:
    return StatusUpdate(channel=channel, message_id=message_id, status=status, at=1_750_000_000.0)


async def advance(log: MessageLog, *statuses: DeliveryStatus) -> list[bool]:
    """Whether each status is new, one after the other."""
    return [(await log.advance(updates=[update(status)]))[0] for status in statuses]


async def words(log: MessageLog, *message_ids: str, channel: str = "whatsapp") -> dict[str, str]:
    known = await log.recall(channel=channel, message_ids=message_ids)
    return {message_id: message.text for message_id, message in known.items()}


class MessageLogContract:
    """Inherit, and provide the fixture `log`."""

    async def test_messages_are_recalled_by_their_ids(self, log: MessageLog) -> None:
        """Unknown ids are left out."""
        await log.remember(
            messages=[remembered("Hi \U0001f600\n", message_id="wamid.1"), remembered("Bye", message_id="wamid.2")]
        )

        assert await words(log, "wamid.2", "wamid.1", "wamid.3") == {"wamid.1": "Hi \U0001f600\n", "wamid.2": "Bye"}
        assert await words(log) == {}

    @pytest.mark.parametrize("at", [None, 0.5, 1_750_000_000.123456])
    @pytest.mark.parametrize("by_us", [False, True])
    async def test_who_sent_it_and_when(self, log: MessageLog, *, by_us: bool, at: float | None) -> None:
        """As far as that was known."""
        message = evolve(remembered("Hello"), by_us=by_us, at=at, trace="00-ab-cd-01" if by_us else "")
        await log.remember(messages=[message])

        assert await log.recall(channel="whatsapp", message_ids=["wamid.1"]) == {"wamid.1": message}

    async def test_statuses_are_found(self, log: MessageLog) -> None:
        """The highest of each message; those without one are left out."""
        await advance(log, DeliveryStatus.SENT, DeliveryStatus.READ, DeliveryStatus.DELIVERED)

        found = await log.statuses(channel="whatsapp", message_ids=["wamid.1", "wamid.2"])

        assert found == {"wamid.1": DeliveryStatus.READ}
        assert await log.statuses(channel="other", message_ids=["wamid.1"]) == {}

    async def test_a_new_text_replaces_the_old_one(self, log: MessageLog) -> None:
        """People edit what they wrote."""
        await log.remember(messages=[remembered("Helo")])
        await log.remember(messages=[remembered("Hello")])

        assert await words(log, "wamid.1") == {"wamid.1": "Hello"}

    async def test_an_empty_text_removes_the_message(self, log: MessageLog) -> None:
        """People delete what they wrote."""
        await log.remember(messages=[remembered("Hello")])
        await log.remember(messages=[remembered("")])

        assert await words(log, "wamid.1") == {}

    async def test_each_channel_has_its_own_message_ids(self, log: MessageLog) -> None:
        """The same id is another message on another channel."""
        await log.remember(messages=[remembered("Hello", channel="telegram")])
        await log.advance(updates=[update(DeliveryStatus.READ, channel="telegram")])

        assert await words(log, "wamid.1") == {}
        assert await advance(log, DeliveryStatus.SENT) == [True]

    async def test_every_step_forward_is_new(self, log: MessageLog) -> None:
        """In the order of the ranks."""
        assert await advance(log, *ON_THEIR_WAY) == [True, True, True, True]

    async def test_late_and_repeated_statuses_are_not_new(self, log: MessageLog) -> None:
        """Channels send both."""
        assert await advance(log, DeliveryStatus.READ, *ON_THEIR_WAY, DeliveryStatus.PLAYED) == [
            *(True, False, False, False),
            *(True, False),
        ]

    async def test_a_failure_is_new_once(self, log: MessageLog) -> None:
        """Also after a message was read, on another device. No later status is new."""
        assert await advance(log, DeliveryStatus.READ, DeliveryStatus.FAILED, DeliveryStatus.FAILED, *ON_THEIR_WAY) == [
            *(True, True, False),
            *(False, False, False, False),
        ]

    async def test_many_statuses_come_together(self, log: MessageLog) -> None:
        """Each status counts for its own message. The answers keep the order."""
        updates = [
            update(DeliveryStatus.DELIVERED, message_id="wamid.1"),
            update(DeliveryStatus.SENT, message_id="wamid.2"),
            update(DeliveryStatus.SENT, message_id="wamid.1"),
            update(DeliveryStatus.READ, message_id="wamid.1"),
            update(DeliveryStatus.SENT, message_id="wamid.2"),
        ]

        assert await log.advance(updates=updates) == (True, True, False, True, False)
        assert await log.advance(updates=[]) == ()

    async def test_texts_and_statuses_are_independent(self, log: MessageLog) -> None:
        """A text may be remembered before or after the first status of its message."""
        news: Sequence[bool] = await advance(log, DeliveryStatus.SENT)
        await log.remember(messages=[remembered("Hello")])
        news = [*news, *await advance(log, DeliveryStatus.SENT, DeliveryStatus.READ)]

        assert news == [True, False, True]
        assert await words(log, "wamid.1") == {"wamid.1": "Hello"}

    async def test_a_message_has_arrived_when_it_was_delivered_or_failed(self, log: MessageLog) -> None:
        """A message that was only sent has not arrived."""
        before = await log.arrived(channel="whatsapp", message_id="wamid.1")
        await log.advance(updates=[update(DeliveryStatus.SENT), update(DeliveryStatus.FAILED, message_id="wamid.2")])
        sent = await log.arrived(channel="whatsapp", message_id="wamid.1")
        await log.advance(updates=[update(DeliveryStatus.DELIVERED)])

        assert (before, sent) == (False, False)
        assert await log.arrived(channel="whatsapp", message_id="wamid.1")
        assert await log.arrived(channel="whatsapp", message_id="wamid.2")
        assert not await log.arrived(channel="sales", message_id="wamid.1")
