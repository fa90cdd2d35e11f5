"""Sends messages of one bot to people in private chats.

Source: Telegram, "Bot API" 10.1 (June 2026), "Available methods".
"""

from attrs import evolve, frozen

from adapters.channel_kit.json_fields import JsonObject, maybe_object
from adapters.channel_kit.rendering import Renderer
from adapters.telegram.api import BotApi, UnreadableMarkupError
from adapters.telegram.capabilities import REACTIONS, SEND_RATES, TELEGRAM
from adapters.telegram.ids import TAP, message_id
from adapters.telegram.messages import DIALECT, BotMessage, bot_message
from application.ports.capabilities import Capabilities
from application.ports.messenger import SendFailedError, SentMessage
from domain.messages.inbound import InboundMessage
from domain.messages.outbound import ButtonsPart, ContactsPart, MenuPart, Part, ReactionPart, TextPart
from domain.messages.part_limits import MAX_PARTS
from domain.messages.plain_text import describe_part
from domain.messages.rich_text import RichText
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
        return RENDER(_showable(part), at_most=at_most)

    async def send(self, *, part: Part, to: Person, reference: str) -> SentMessage:  # noqa: ARG002 - Telegram echoes none
        chat = {"chat_id": _chat(to)}
        try:
            result = await self._call(bot_message(part), chat)
        except UnreadableMarkupError:
            result = await self._call(bot_message(part, markup=False), chat)
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

    async def _call(self, message: BotMessage, chat: JsonObject) -> object:
        return await self.api.call(message.method, {**chat, **message.fields}, file=message.file)


def _chat(person: Person) -> int:
    """The private chat with a person has the id of the person."""
    if not (person.user_id and person.user_id.isascii() and person.user_id.isdigit()):
        raise SendFailedError(SendFailure.FINAL, "not sent, Telegram knows people by their user id only")
    return int(person.user_id)


def _showable(part: Part) -> Part:
    """The part, with what Telegram has no place for as text: other reactions, cards without a number, descriptions."""
    match part:
        case ReactionPart(emoji=emoji):
            plain = emoji.replace("\N{VARIATION SELECTOR-16}", "")
            is_known = not emoji or plain in REACTIONS
            return evolve(part, emoji=plain) if is_known else TextPart(body=emoji, reply_to=part.message_id)
        case ContactsPart(cards=cards) if not all(card.phones for card in cards):
            return TextPart(body=describe_part(part), reply_to=part.reply_to)
        case ButtonsPart() | MenuPart():
            return _as_buttons(part)
        case _:
            return part


def _as_buttons(part: ButtonsPart | MenuPart) -> Part:
    """A question with buttons. What a list says beside its titles stands above them, in the order of the buttons."""
    sections = [("", part.choices)] if isinstance(part, ButtonsPart) else [(s.title, s.choices) for s in part.sections]
    lines = [
        line
        for title, choices in sections
        for line in (title, *(f"{choice.title}: {choice.description}" for choice in choices if choice.description))
    ]
    body = RichText.join("\n\n", (part.body, "\n".join(filter(None, lines))))
    choices = tuple(evolve(choice, description="") for choice in part.choices)
    return ButtonsPart(body=body, choices=choices, footer=part.footer, reply_to=part.reply_to)
