"""Sends WhatsApp messages through the Graph API.

Source: Meta, "Cloud API messages reference" and "Typing indicators" (v25.0).
"""

from collections.abc import Awaitable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any

from attrs import asdict, frozen

from adapters.channel_kit.http import ApiResponse
from adapters.channel_kit.json_fields import maybe_phone, maybe_text
from adapters.channel_kit.rendering import Renderer
from adapters.whatsapp.capabilities import WHATSAPP
from adapters.whatsapp.files import as_document
from adapters.whatsapp.graph.client import GraphClient
from adapters.whatsapp.graph.messages import DIALECT, graph_message, written
from adapters.whatsapp.graph_errors import GraphError
from application.ports.capabilities import Capabilities
from application.ports.messenger import SendFailedError, SentMessage
from domain.messages.inbound import InboundMessage
from domain.messages.outbound import MediaPart, Part
from domain.messages.part_limits import MAX_PARTS
from domain.messages.rich_text import RichText
from domain.people.person import Person, phone_number
from domain.people.phone_numbers import other_writing
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRate, SendRates

RENDER = Renderer(capabilities=WHATSAPP, dialect=DIALECT)
MAX_REFERENCE = 512
# Meta's burst is 45. Ours is one less, because we count messages when they leave and Meta counts them when they arrive.
RATE_TO_ONE_PERSON = SendRate(interval_seconds=6, burst=44)
BURST_SHARE = 0.1  # of the messages per second; the others are spread over the second
MIN_PRIVATE_TEXT = 5  # shorter texts occur in Meta's own words


@frozen(kw_only=True)
class GraphMessenger(GraphClient):
    """Sends from one business number.

    `messages_per_second` is how many messages the number takes: 80, unless Meta gave it another limit. Meta counts
    incoming and outgoing messages together ("Throughput", 2026).
    """

    messages_per_second: float = 80

    @property
    def capabilities(self) -> Capabilities:
        return WHATSAPP

    @cached_property
    def send_rates(self) -> SendRates:
        burst = max(1, int(BURST_SHARE * self.messages_per_second))
        spread = (1 - BURST_SHARE) * self.messages_per_second
        account = SendRate(interval_seconds=1 / spread, burst=burst)
        return SendRates(person=RATE_TO_ONE_PERSON, account=account, counts_received=True)

    @property
    def media_may_arrive_late(self) -> bool:
        return True

    def render(self, *, part: Part, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        return RENDER(as_document(part) if isinstance(part, MediaPart) else part, at_most=at_most)

    async def send(self, *, part: Part, to: Person, reference: str) -> SentMessage:
        if len(reference) > MAX_REFERENCE:
            # Meta would cut it, and the part that comes back in a status would match no message.
            detail = f"not sent, its reference has {len(reference)} characters of {MAX_REFERENCE}"
            raise SendFailedError(SendFailure.FINAL, detail)
        message = {
            "recipient_type": "individual",
            **_recipient(to),
            **graph_message(part),
            **({"biz_opaque_callback_data": reference} if reference else {}),
        }
        response = await self._post(message)
        if not response.is_success and to.phone and GraphError.of_response(response).forbids_recipient:
            # A test number compares the digits with its list of recipients, which may have the other writing.
            other = other_writing(to.phone.removeprefix("+"))
            response = await self._post({**message, "to": f"+{other}"}) if other else response
        return _sent_message(self.result(response, texts=partial(_private_texts, part)))

    async def acknowledge(self, *, message: InboundMessage) -> None:
        read = {"status": "read", "message_id": message.id, "typing_indicator": {"type": "text"}}
        self.result(await self._post(read))

    async def taken(self, *, message: InboundMessage) -> None:
        """Nothing: WhatsApp shows no wait."""

    def _post(self, message: Mapping[str, object]) -> Awaitable[ApiResponse]:
        path = f"{self.phone_number_id}/messages"
        return self.call("POST", path, json={"messaging_product": "whatsapp", **message})


def _recipient(person: Person) -> Mapping[str, str]:
    """The field that names the person.

    A phone number goes to `to`, with a plus sign: without it, Meta may read the digits as a number of our own country.
    A business-scoped user id goes to `recipient`: in `to`, Meta accepts it and never delivers the message.
    """
    if not person.phone:
        return {"recipient": person.user_id or person.parent_id or ""}
    digits = person.phone.removeprefix("+")
    if phone_number(digits) != digits:
        raise SendFailedError(SendFailure.FINAL, "not sent, the phone number has other characters than digits")
    return {"to": f"+{digits}"}


def _sent_message(document: Mapping[str, object]) -> SentMessage:
    """The id of the message, and the `wa_id` that Meta sends to, where it names one.

    The `wa_id` may have one digit more or fewer than `to`. There is none for a person with a user id only.
    """
    match document.get("contacts"):
        case [{"wa_id": found}]:
            phone = maybe_phone(found)
        case _:
            phone = None
    match document.get("messages"):
        case [{"id": found}, *_] if message_id := maybe_text(found):
            return SentMessage(message_id=message_id, phone=phone)
    raise SendFailedError(SendFailure.UNKNOWN, "accepted, but the response has no message id")


def _private_texts(part: Part) -> Iterator[str]:
    """What nobody else may read: all that the part holds, and its texts as they are written."""
    texts = [value for name in ("body", "caption") if isinstance(value := getattr(part, name, None), RichText)]
    return _texts_in([asdict(part), *map(written, texts)])


def _texts_in(value: Any) -> Iterator[str]:
    """Every text in a value, and each of its lines: Meta may repeat a line in an error."""
    if type(value) is str:
        yield from (text for text in (value, *value.splitlines()) if len(text) >= MIN_PRIVATE_TEXT)
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(item)
