"""Sends messages of one bot to people in private chats.

Source: Telegram, "Bot API" 10.1 (June 2026), "Available methods".
"""

from attrs import frozen

from adapters.channel_kit.json_fields import JsonObject, maybe_object
from adapters.channel_kit.rendering import Renderer
from adapters.telegram.api import UNREADABLE_MARKUP, BotApi
from adapters.telegram.capabilities import SEND_RATES, TELEGRAM
from adapters.telegram.ids import TAP, message_id
from adapters.telegram.messages import DIALECT, BotMessage, bot_message
from application.ports.capabilities import Capabilities
from application.ports.messenger import SendFailedError, SentMessage
from domain.messages.inbound import InboundMessage
from domain.messages.outbound import Part, ReactionPart
from domain.messages.part_limits import MAX_PARTS
from domain.people.person import Person
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRates

RENDER = Renderer(capabilities=TELEGRAM, dialect=DIALECT)


@frozen(kw_only=True)
class TelegramMessenger:
    """Sends from one bot."""

    api: BotApi
    capabilities: Capabilities = TELEGRAM
    send_rates: SendRates = SEND_RATES
    media_may_arrive_late: bool = False

    def render(self, *, part: Part, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        return RENDER(part, at_most=at_most)

    async def send(self, *, part: Part, to: Person, reference: str) -> SentMessage:  # noqa: ARG002 - Telegram echoes none
        chat = {"chat_id": _chat(to)}
        try:
            result = await self._send(bot_message(part), chat)
        except SendFailedError as error:
            if error.failure is not SendFailure.PART_REFUSED or not UNREADABLE_MARKUP.search(error.detail):
                raise
            result = await self._send(bot_message(part, markup=False), chat)
        if isinstance(part, ReactionPart):  # Telegram answers true: a reaction is no message
            return SentMessage(message_id=f"{part.message_id}.reaction")
        number = maybe_object(result).get("message_id")
        if not isinstance(number, int):
            raise SendFailedError(SendFailure.UNKNOWN, "accepted, but the response has no message id")
        return SentMessage(message_id=message_id(chat["chat_id"], number))

    async def acknowledge(self, *, message: InboundMessage) -> None:
        await self.api.call("sendChatAction", {"chat_id": _chat(message.person), "action": "typing"})

    async def taken(self, *, message: InboundMessage) -> None:
        """Let the button stop spinning. Telegram refuses this for a tap that is some time old, which does no harm."""
        if message.id.startswith(TAP):
            await self.api.call("answerCallbackQuery", {"callback_query_id": message.id.removeprefix(TAP)})

    async def _send(self, message: BotMessage, chat: JsonObject) -> object:
        return await self.api.call(message.method, {**chat, **message.fields}, file=message.file)


def _chat(person: Person) -> int:
    """The private chat with a person has the id of the person."""
    if not (person.user_id and person.user_id.isascii() and person.user_id.isdigit()):
        raise SendFailedError(SendFailure.FINAL, "not sent, Telegram knows people by their user id only")
    return int(person.user_id)
