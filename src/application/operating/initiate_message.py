"""Write to a person first, or besides the agent: templates at any time, anything else while the channel allows it."""

from collections.abc import Sequence

from attrs import frozen

from application.channels import Channel, Channels
from application.phone_numbers import met_otherwise
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from application.ports.idempotency_keys import IdempotencyKeys
from application.ports.inbox import Acceptance, Inbox
from application.sending.render import render
from application.sending.upload import upload
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.messages.parts import DraftPart, offered_last
from domain.people.aliases import Observation
from domain.people.person import Conversation, Person


class WindowClosedError(Exception):
    """The person wrote too long ago, or never: only a template may be sent."""


class MarketingRefusedError(Exception):
    """The person takes no marketing messages, and one of these is a template that is one, or may be one."""


class NothingToSayError(Exception):
    """What is to be sent says nothing."""


class TooManyWaitingError(Exception):
    """Too many messages to this person wait already."""


class KeyTakenError(Exception):
    """The key stands for another request."""


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
    states: ConversationStates
    inbox: Inbox
    keys: IdempotencyKeys
    clock: Clock

    async def __call__(
        self, *, channel: str, to: Person, parts: Sequence[DraftPart], key: str, request: str = ""
    ) -> Initiated:
        """`key` makes it safe to ask again: for a week the same key queues nothing more.

        It stands for one `request`, a digest of what was asked for, from when that was first queued.

        Raises:
            UnknownChannelError: no such channel.
            WindowClosedError, MarketingRefusedError, NothingToSayError, KeyTakenError: nothing was queued.
            TooManyWaitingError: nothing was queued; ask again later with the same key.
            SendFailedError: the channel does not take a file; nothing was queued.
            StoreUnavailableError: ask again with the same key.
        """
        sender = self.channels[channel]
        known = await self.keys.request(channel=channel, key=key)
        asked, _, user = (known or request).partition("\n")
        if asked != request:
            raise KeyTakenError
        conversation = Conversation(channel=channel, user=user or await self._user(channel, to))
        # What was queued in time is so for whoever asks later.
        if known is None:
            await self._check(sender, parts, conversation)
        said = await render(sender, [await upload(sender, part) for part in parts], to)
        if not said:
            raise NothingToSayError
        # With whose it is: a number that leads to somebody else by then would send it again.
        taken = f"{request}\n{conversation.user}"
        if known is None and not await self.keys.claim(channel=channel, key=key, request=taken):
            raise KeyTakenError
        reply = Reply(outcome=Outcome.INITIATED, parts=said, choices=offered_last(parts))
        turn = Turn.initiated(f"sent:{key}", conversation=conversation, reply=reply, to=to)
        queued = await self.inbox.initiate(turn=turn)
        if queued is Acceptance.LEFT_OUT:
            raise TooManyWaitingError
        return Initiated(conversation=conversation, turn_id=turn.id, new=queued is Acceptance.NEW)

    async def _user(self, channel: str, to: Person) -> str:
        if to.phone and not to.user_id:
            known = await met_otherwise(to.phone, channel=channel, directory=self.directory, states=self.states)
            if known:
                return known
        (user,) = await self.directory.ids(channel=channel, seen=[Observation(person=to, at=self.clock.now())])
        return user

    async def _check(self, sender: Channel, parts: Sequence[DraftPart], conversation: Conversation) -> None:
        """Whether the channel and the person take these now."""
        state, now = await self.states.of(conversation=conversation), self.clock.now()
        if not all(sender.takes(part, heard_at=state.heard_at, now=now) for part in parts):
            raise WindowClosedError
        if any(map(state.refuses, parts)):
            raise MarketingRefusedError
