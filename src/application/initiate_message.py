"""Write to a person first, or besides the agent: templates at any time, anything else while the channel allows it."""

from collections.abc import Sequence

from attrs import frozen

from application.channels import Channels
from application.ports.clock import Clock
from application.ports.directory import Directory
from application.ports.mailbox import Mailbox
from application.ports.standings import Standings
from application.speak import speak
from domain.conversations import Conversation, Person
from domain.parts import Part
from domain.replies import Reply, ReplyKind
from domain.turns import Turn


class WindowClosedError(Exception):
    """The person wrote too long ago, or never: only a template may be sent."""


class NothingToSayError(Exception):
    """What is to be sent says nothing."""


@frozen(kw_only=True)
class Initiated:
    """The message waits for its turn under `turn_id`; not `new`: the same key was used before."""

    conversation: Conversation
    turn_id: str
    new: bool


@frozen(kw_only=True)
class InitiateMessage:
    """Queue parts for a person, in their place among the answers of the agent."""

    channels: Channels
    directory: Directory
    standings: Standings
    mailbox: Mailbox
    clock: Clock

    async def __call__(self, *, channel: str, to: Person, parts: Sequence[Part], key: str) -> Initiated:
        """`key` makes it safe to ask again: for a week the same key queues nothing more.

        Raises:
            UnknownChannelError: no such channel.
            WindowClosedError, NothingToSayError: nothing was queued.
            StoreUnavailableError: ask again with the same key.
        """
        sender = self.channels[channel]
        said = speak(sender, parts)
        if not said:
            raise NothingToSayError
        (user,) = await self.directory.ids(channel=channel, persons=[to])
        conversation = Conversation(channel=channel, user=user)
        heard_at = (await self.standings.of(conversation=conversation)).heard_at
        now = self.clock.now()
        if not all(sender.takes(part, heard_at=heard_at, now=now) for part in said):
            raise WindowClosedError
        reply = Reply(kind=ReplyKind.INITIATED, parts=said)
        turn = Turn.initiated(f"sent:{key}", conversation=conversation, reply=reply, to=to)
        return Initiated(conversation=conversation, turn_id=turn.id, new=await self.mailbox.initiate(turn=turn))
