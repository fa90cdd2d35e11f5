"""Find how far a message has come that an operator or a program sent."""

from attrs import frozen

from application.channels import Channels
from application.ports.message_log import MessageLog, sent_name
from domain.conversations.delivery import DeliveryStatus
from domain.messages.part_limits import MAX_PARTS


class UnknownMessageError(Exception):
    """Nothing of this message was sent yet, or it was sent too long ago."""


@frozen(kw_only=True)
class DeliveredPart:
    """One message of the channel. `status` is None while the channel has reported none."""

    message_id: str
    status: DeliveryStatus | None


@frozen(kw_only=True)
class FindDelivery:
    """Asks the message log, which keeps what was sent for about a day."""

    channels: Channels
    log: MessageLog

    async def __call__(self, *, channel: str, message_id: str) -> tuple[DeliveredPart, ...]:
        """The parts of the message in their order, as far as they were sent.

        `message_id` is the id of a turn that we began, or the channel's own id of one message.

        Raises:
            UnknownChannelError, UnknownMessageError: there is nothing to find.
            StoreUnavailableError: ask again.
        """
        name = self.channels[channel].name
        names = [sent_name(message_id, part) for part in range(MAX_PARTS)]
        known = await self.log.recall(channel=name, message_ids=[*names, message_id])
        sent = [known[each].text for each in names if each in known]
        if not sent and (own := known.get(message_id)) and own.by_us:
            sent = [message_id]
        if not sent:
            raise UnknownMessageError(message_id)
        statuses = await self.log.statuses(channel=name, message_ids=sent)
        return tuple(DeliveredPart(message_id=each, status=statuses.get(each)) for each in sent)
