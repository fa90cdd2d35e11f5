"""What every message log promises."""

from collections.abc import Sequence

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
    return await log.recall(channel=channel, message_ids=message_ids)


class MessageLogContract:
    """Inherit, and provide the fixture `log`."""

    async def test_messages_are_recalled_by_their_ids(self, log: MessageLog) -> None:
        """Those that are known."""
        await log.remember(
            messages=[remembered("Hi \U0001f600\n", message_id="wamid.1"), remembered("Bye", message_id="wamid.2")]
        )

        assert await words(log, "wamid.2", "wamid.1", "wamid.3") == {"wamid.1": "Hi \U0001f600\n", "wamid.2": "Bye"}
        assert await words(log) == {}

    async def test_a_message_may_say_something_else(self, log: MessageLog) -> None:
        """People correct what they wrote."""
        await log.remember(messages=[remembered("Helo")])
        await log.remember(messages=[remembered("Hello")])

        assert await words(log, "wamid.1") == {"wamid.1": "Hello"}

    async def test_a_message_may_say_nothing_any_more(self, log: MessageLog) -> None:
        """Or take it back."""
        await log.remember(messages=[remembered("Hello")])
        await log.remember(messages=[remembered("")])

        assert await words(log, "wamid.1") == {}

    async def test_channels_number_their_messages_on_their_own(self, log: MessageLog) -> None:
        """The same id means another message there."""
        await log.remember(messages=[remembered("Hello", channel="telegram")])
        await log.advance(updates=[update(DeliveryStatus.READ, channel="telegram")])

        assert await words(log, "wamid.1") == {}
        assert await advance(log, DeliveryStatus.SENT) == [True]

    async def test_every_step_forward_is_news(self, log: MessageLog) -> None:
        """In their order."""
        assert await advance(log, *ON_THEIR_WAY) == [True, True, True, True]

    async def test_statuses_that_come_late_or_again_are_none(self, log: MessageLog) -> None:
        """They do both."""
        assert await advance(log, DeliveryStatus.READ, *ON_THEIR_WAY, DeliveryStatus.PLAYED) == [
            *(True, False, False, False),
            *(True, False),
        ]

    async def test_a_failure_is_news_once_and_for_all(self, log: MessageLog) -> None:
        """Also of a message that was read, on another device; and nothing undoes it."""
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

    async def test_words_and_statuses_do_not_mix(self, log: MessageLog) -> None:
        """What we said is remembered when it was sent, before or after its first status."""
        news: Sequence[bool] = await advance(log, DeliveryStatus.SENT)
        await log.remember(messages=[remembered("Hello")])
        news = [*news, *await advance(log, DeliveryStatus.SENT, DeliveryStatus.READ)]

        assert news == [True, False, True]
        assert await words(log, "wamid.1") == {"wamid.1": "Hello"}

    async def test_a_message_arrives_or_never_will(self, log: MessageLog) -> None:
        """Sent is not arrived."""
        before = await log.arrived(channel="whatsapp", message_id="wamid.1")
        await log.advance(updates=[update(DeliveryStatus.SENT), update(DeliveryStatus.FAILED, message_id="wamid.2")])
        sent = await log.arrived(channel="whatsapp", message_id="wamid.1")
        await log.advance(updates=[update(DeliveryStatus.DELIVERED)])

        assert (before, sent) == (False, False)
        assert await log.arrived(channel="whatsapp", message_id="wamid.1")
        assert await log.arrived(channel="whatsapp", message_id="wamid.2")
        assert not await log.arrived(channel="sales", message_id="wamid.1")
