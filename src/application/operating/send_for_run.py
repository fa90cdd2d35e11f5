"""Send a message that a tool of a run asks for: to a person of the run's own channel, beside the run's answer."""

import hashlib

from attrs import frozen

from application.channels import Channel, Channels
from application.operating.find_conversation import FindConversation
from application.operating.initiate_message import Initiated, InitiateMessage
from application.ports.clock import Clock
from application.ports.idempotency_keys import IdempotencyKeys
from application.ports.runs_under_way import RunsUnderWay
from application.run_token import RunToken
from application.signed_tokens import ExpiredTokenError, TokenSigner
from domain.messages.outbound import TextPart
from domain.messages.rich_text import Markdown
from domain.people.person import Conversation, Person
from domain.people.phone_numbers import PHONE_DIGITS

# Of one run, retries included. Each of them may be asked for any number of times.
MAX_RUN_MESSAGES = 10


class ForeignChannelError(Exception):
    """The run may send on its own channel only. The text names it."""


class UnknownRecipientError(Exception):
    """The recipient is no name by which the channel sends, or not the person of the conversation that is named."""


class TooManyRunMessagesError(Exception):
    """The run has sent `MAX_RUN_MESSAGES` different messages."""


@frozen(kw_only=True)
class RunMessage:
    """What the tool asks for. `conversation_ref` may name the conversation that the recipient has: `channel:user`."""

    channel: str
    recipient: str
    text: str
    conversation_ref: str = ""


@frozen(kw_only=True)
class SendForRun:
    """Queue a text of a run. It is sent after the turn that is under way with this person: also after the run's own.

    `clock` and `signer` are those that the token was made with.
    """

    signer: TokenSigner
    runs: RunsUnderWay
    channels: Channels
    find: FindConversation
    keys: IdempotencyKeys
    initiate: InitiateMessage
    clock: Clock

    async def __call__(self, *, token: str, message: RunMessage) -> Initiated:
        """Queue the message. The same message of the same turn is queued once, whoever asks how often.

        Raises:
            ForgedTokenError: the token is none of ours.
            ExpiredTokenError: its time is over, or the run has ended.
            ForeignChannelError, UnknownRecipientError, TooManyRunMessagesError: nothing was queued.
            What `InitiateMessage` raises; `HumanAnswersError` when a human has taken over there.
        """
        run = RunToken.read(token, self.signer, now=self.clock.now())
        channel = self.channels[run.conversation.channel]
        if message.channel not in {channel.name, channel.messenger.capabilities.type}:
            raise ForeignChannelError(f"this run may send on {channel.name} only")
        person = _recipient(message.recipient.strip(), channel)
        if message.conversation_ref:
            await self._check_reference(message, channel)
        if not await self.runs.awaits_reply(conversation=run.conversation, turn_id=run.turn_id):
            raise ExpiredTokenError
        digest = _digest(person, message.text)
        await self._take_place(run, digest)
        return await self.initiate(
            channel=channel.name,
            to=person,
            parts=(TextPart(body=Markdown(message.text)),),
            key=f"run\n{run.turn_id}\n{digest}",
            request=digest,
            yields_to_human=True,
        )

    async def _check_reference(self, message: RunMessage, channel: Channel) -> None:
        """Make sure that `conversation_ref` names the conversation that the recipient leads to."""
        if Conversation.parse(message.conversation_ref).channel != channel.name:
            raise ForeignChannelError(f"conversation_ref is of another channel than {channel.name}")
        meant = await self.find(message.conversation_ref)
        if meant != await self.find(f"{channel.name}:{message.recipient.strip()}"):
            raise UnknownRecipientError("conversation_ref is a conversation with another person: leave it out")

    async def _take_place(self, run: RunToken, digest: str) -> None:
        """Take one of the run's places for this message, or find the one that it has.

        Places are taken in order, so the same message, and the same message at the same time, finds the same place.
        A line break makes a key that no caller of the operators' routes can send.
        """
        for place in range(MAX_RUN_MESSAGES):
            key = f"run\n{run.turn_id}\n{place}"
            if await self.keys.claim(channel=run.conversation.channel, key=key, request=digest):
                return
        raise TooManyRunMessagesError


def _recipient(name: str, channel: Channel) -> Person:
    """The person of this name, if it is one by which the channel sends: a phone number, or an id of the channel."""
    person = channel.inbound.person(text=name) if name else None
    if person is None or (person.phone_is_shared or not (person.phone or person.user_id or person.parent_id)):
        raise UnknownRecipientError("recipient: must be a phone number with its country code, or the channel's user id")
    if person.phone and len(person.phone) not in PHONE_DIGITS:
        raise UnknownRecipientError("recipient: must have 7 to 15 digits, with the country code")
    return person


def _digest(person: Person, text: str) -> str:
    written = "\n".join((person.phone or "", person.user_id or person.parent_id or "", text))
    return hashlib.blake2b(written.encode(errors="surrogatepass"), digest_size=16).hexdigest()
