"""Take in what a channel delivers: store first, then say yes."""

from collections import defaultdict
from collections.abc import Sequence

from attrs import evolve, frozen

from application.channels import Channels
from application.note_events import NoteEvents
from application.ports.clock import Clock
from application.ports.directory import Directory
from application.ports.mailbox import Mailbox, Post
from domain.debounce import IMMEDIATE
from domain.delivery import StatusUpdate
from domain.identity import IdentityChange
from domain.messages import InboundMessage, Tap


@frozen(kw_only=True)
class Receipt:
    """What one webhook call held. Messages seen before count as duplicates and were not stored again.

    `statuses` are those that told something new.
    """

    messages: int
    duplicates: int
    others: int
    statuses: tuple[StatusUpdate, ...] = ()


@frozen(kw_only=True)
class ReceiveWebhook:
    """Verify, read and store one call of a channel."""

    channels: Channels
    directory: Directory
    mailbox: Mailbox
    note: NoteEvents
    clock: Clock

    async def __call__(self, *, channel: str, headers: dict[str, str], body: bytes) -> Receipt:
        """Store everything the call holds; when this returns, the channel may forget it.

        Raises:
            UnknownChannelError, ForgedWebhookError, MalformedWebhookError: the call is refused.
            StoreUnavailableError: nothing may be forgotten yet; the channel must deliver again.
        """
        inbound = self.channels[channel].inbound
        inbound.verify(headers=headers, body=body)
        now = self.clock.now()
        events = inbound.parse(body=body, arrived_at=now)
        for event in events:
            if isinstance(event, IdentityChange):
                await self.directory.change(change=event)
        messages = await self._addressed([event for event in events if isinstance(event, InboundMessage)])
        new = await self.mailbox.accept(posts=[self._post(message) for message in messages]) if messages else ()
        fresh = [message for message, is_new in zip(messages, new, strict=True) if is_new]
        others = [event for event in events if not isinstance(event, InboundMessage)]
        statuses = await self.note(messages=fresh, events=others, now=now)
        return Receipt(
            messages=len(messages), duplicates=len(messages) - len(fresh), others=len(others), statuses=statuses
        )

    async def _addressed(self, messages: Sequence[InboundMessage]) -> list[InboundMessage]:
        """The messages, each in the conversation of the person who wrote it, whatever name the channel used."""
        by_channel: defaultdict[str, list[InboundMessage]] = defaultdict(list)
        for message in messages:
            by_channel[message.conversation.channel].append(message)
        user_of: dict[int, str] = {}
        for channel, theirs in by_channel.items():
            ids = await self.directory.ids(channel=channel, persons=[message.person for message in theirs])
            user_of.update(zip(map(id, theirs), ids, strict=True))
        return [
            evolve(message, conversation=evolve(message.conversation, user=user_of[id(message)]))
            for message in messages
        ]

    def _post(self, message: InboundMessage) -> Post:
        """A tap or a command is all the person has to say."""
        channel = self.channels[message.conversation.channel]
        at_once = isinstance(message.content, Tap) or channel.commands.include(message)
        return Post(message=message, debounce=IMMEDIATE if at_once else channel.debounce)
