"""Write to a person first, or beside the agent: templates at any time, other parts while the window is open."""

from collections.abc import Sequence

from attrs import frozen

from application.channels import Channel, Channels
from application.phone_numbers import find_other_form
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
from domain.messages.outbound import DraftPart, FormPart, TemplatePart, offered_last
from domain.people.aliases import Observation
from domain.people.person import Conversation, Person


class WindowClosedError(Exception):
    """The customer service window is closed: only a template may be sent."""


class MarketingRefusedError(Exception):
    """The person refuses marketing messages, and one of these is a template that may be one."""


class PersonUnreachableError(Exception):
    """The person cannot be reached: they blocked us, or left."""


class UnsupportedPartError(Exception):
    """The channel cannot send one of the parts, or sends nothing before the person wrote. The text says which."""


class EmptyMessageError(Exception):
    """There is nothing to send."""


class QueueFullError(Exception):
    """Too many messages to this person wait already."""


class HumanAnswersError(Exception):
    """A human has taken over the conversation, and this message is not to interrupt them."""


class IdempotencyConflictError(Exception):
    """The key stands for another request."""


@frozen(kw_only=True)
class Initiated:
    """The message waits for its turn under `turn_id`; not `new`: the same key was used before."""

    conversation: Conversation
    turn_id: str
    new: bool


@frozen(kw_only=True)
class InitiateMessage:
    """Queue parts for a person, in order with the answers of the agent."""

    channels: Channels
    directory: Directory
    states: ConversationStates
    inbox: Inbox
    keys: IdempotencyKeys
    clock: Clock

    async def __call__(
        self,
        *,
        channel: str,
        to: Person,
        parts: Sequence[DraftPart],
        key: str,
        request: str = "",
        yields_to_human: bool = False,
    ) -> Initiated:
        """Queue `parts`. `key` makes it safe to repeat the call: for a week the same key queues nothing more.

        The key stands for one `request`, a digest of what was asked for, from when it was first queued.
        `yields_to_human`: nothing is queued where a human has taken over.

        Raises:
            UnknownChannelError: no such channel.
            WindowClosedError, MarketingRefusedError, PersonUnreachableError, UnsupportedPartError, EmptyMessageError,
                HumanAnswersError, IdempotencyConflictError: nothing was queued.
            QueueFullError: nothing was queued; ask again later with the same key.
            SendFailedError: the channel does not take a file; nothing was queued.
            StoreUnavailableError: ask again with the same key.
        """
        sender = self.channels[channel]
        known = await self.keys.request(channel=channel, key=key)
        asked, _, user = (known or request).partition("\n")
        if asked != request:
            raise IdempotencyConflictError
        conversation = Conversation(channel=channel, user=user or await self._user(channel, to))
        # A request that was queued in time stays queued, also when it is repeated after the window has closed.
        if known is None:
            await self._check(sender, parts, conversation, yields_to_human=yields_to_human)
        rendered = await render(sender, [await upload(sender, part) for part in parts], to)
        if not rendered:
            raise EmptyMessageError
        # The person is part of the key: the number may lead to somebody else when the request is repeated.
        taken = f"{request}\n{conversation.user}"
        if known is None and not await self.keys.claim(channel=channel, key=key, request=taken):
            raise IdempotencyConflictError
        reply = Reply(outcome=Outcome.INITIATED, parts=rendered, choices=offered_last(parts))
        turn = Turn.initiated(f"sent:{key}", conversation=conversation, reply=reply, to=to)
        queued = await self.inbox.initiate(turn=turn)
        if queued is Acceptance.LEFT_OUT:
            raise QueueFullError
        return Initiated(conversation=conversation, turn_id=turn.id, new=queued is Acceptance.NEW)

    async def _user(self, channel: str, to: Person) -> str:
        if to.phone and not to.user_id:
            known = await find_other_form(to.phone, channel=channel, directory=self.directory, states=self.states)
            if known:
                return known
        (user,) = await self.directory.ids(channel=channel, seen=[Observation(person=to, at=self.clock.now())])
        return user

    async def _check(
        self, sender: Channel, parts: Sequence[DraftPart], conversation: Conversation, *, yields_to_human: bool
    ) -> None:
        """Raise unless channel and person accept these parts now."""
        state, now = await self.states.of(conversation=conversation), self.clock.now()
        can = sender.messenger.capabilities
        if not can.templates and any(isinstance(part, TemplatePart) for part in parts):
            raise UnsupportedPartError("the channel has no templates")
        if not can.forms and any(isinstance(part, FormPart) for part in parts):
            raise UnsupportedPartError("the channel has no forms")
        if not can.begins_conversations and state.heard_at is None:
            raise UnsupportedPartError("the channel takes no message before the person writes")
        if yields_to_human and state.with_human(now=now):
            raise HumanAnswersError
        if not state.is_reachable:
            raise PersonUnreachableError
        if not all(sender.accepts(part, heard_at=state.heard_at, now=now) for part in parts):
            raise WindowClosedError
        if any(map(state.refuses, parts)):
            raise MarketingRefusedError
