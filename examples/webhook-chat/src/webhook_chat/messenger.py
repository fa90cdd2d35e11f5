"""Sends messages to the chat."""

from collections.abc import Mapping

from attrs import frozen

from adapters.channel_kit.dialects.plain import PlainDialect
from adapters.channel_kit.http import response_object
from adapters.channel_kit.json_fields import maybe_text
from adapters.channel_kit.rendering import Renderer
from application.ports.capabilities import Capabilities, ChoiceLimits
from application.ports.messenger import SendFailedError, SentMessage
from domain.messages.inbound import InboundMessage
from domain.messages.outbound import ButtonsPart, Part, TextPart
from domain.messages.part_limits import MAX_PARTS
from domain.people.person import Person
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRates
from webhook_chat.client import ChatClient

CAN = Capabilities(
    type="webhook-chat",
    text=4000,
    buttons=ChoiceLimits(count=5, title=40, id_bytes=256, body=4000),
    begins_conversations=True,
    confirms_sends=True,
    statuses=True,
    typing_seconds=5.0,
)
DIALECT = PlainDialect()
RENDER = Renderer(capabilities=CAN, dialect=DIALECT)


@frozen(kw_only=True)
class WebhookChatMessenger:
    """Sends from one entry of channels.yaml."""

    client: ChatClient

    @property
    def capabilities(self) -> Capabilities:
        return CAN

    @property
    def send_rates(self) -> SendRates:
        return SendRates()

    @property
    def media_may_arrive_late(self) -> bool:
        return False

    def render(self, *, part: Part, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        return RENDER(part, at_most=at_most)

    async def send(self, *, part: Part, to: Person, reference: str) -> SentMessage:
        response = await self.client.post("messages", {"to": to.key, **_written(part), "reference": reference})
        message_id = maybe_text(response_object(response).get("id"))
        if not message_id:
            raise SendFailedError(SendFailure.UNKNOWN, "accepted, but the response has no id")
        return SentMessage(message_id=message_id)

    async def acknowledge(self, *, message: InboundMessage) -> None:
        await self.client.post("typing", {"to": message.person.key})

    async def taken(self, *, message: InboundMessage) -> None:
        """Nothing: the chat shows no tap as waiting."""


def _written(part: Part) -> Mapping[str, object]:
    """The fields of a part. The kit renders everything as one of these two."""
    match part:
        case ButtonsPart():
            buttons = [{"id": choice.id, "title": choice.title} for choice in part.choices]
            return {"text": DIALECT.write(part.body), "buttons": buttons, "reply_to": part.reply_to}
        case TextPart():
            return {"text": DIALECT.write(part.body), "reply_to": part.reply_to}
    raise SendFailedError(SendFailure.PART_REFUSED, f"not sent, the chat cannot show a {type(part).__name__}")
