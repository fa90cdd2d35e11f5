"""Speaks on WhatsApp through the Graph API.

Source: Meta, "Cloud API messages reference" and "Typing indicators" (v25.0).
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from attrs import asdict, frozen

from adapters.whatsapp.formatting.markdown import formatted
from adapters.whatsapp.formatting.rendering import render
from adapters.whatsapp.formatting.splitting import texts
from adapters.whatsapp.graph.client import GraphClient
from adapters.whatsapp.graph.errors import document_of, recipient_not_allowed, refused
from adapters.whatsapp.graph.messages import graph_message
from adapters.whatsapp.webhook.fields import storable
from adapters.whatsapp.webhook.people import maybe_phone
from application.ports.messenger import SendFailedError, SentMessage
from domain.messages.inbound import InboundMessage
from domain.messages.part_limits import MAX_PARTS
from domain.messages.parts import Part, TextPart
from domain.people.person import Person
from domain.people.phone_numbers import other_writing
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRate, SendRates

ACKNOWLEDGED_SECONDS = 25.0
MAX_REFERENCE = 512
# One short of Meta's 45: ours are counted when they leave, Meta's when they arrive.
TO_ONE_PERSON = SendRate(interval_seconds=6, burst=44)
AT_ONCE = 0.1  # of what the number takes in a second; the rest is spread over it
SHORTEST_SECRET = 5  # fewer letters occur in Meta's own words


@frozen(kw_only=True)
class GraphMessenger(GraphClient):
    """Sends from one business number, which takes `messages_per_second`: 80 but for those Meta treats otherwise.

    Meta counts what comes in and what goes out together ("Throughput", 2026).
    """

    messages_per_second: float = 80

    @property
    def acknowledged_seconds(self) -> float:
        return ACKNOWLEDGED_SECONDS

    @property
    def send_rates(self) -> SendRates:
        burst = max(1, int(AT_ONCE * self.messages_per_second))
        steadily = (1 - AT_ONCE) * self.messages_per_second
        return SendRates(person=TO_ONE_PERSON, number=SendRate(interval_seconds=1 / steadily, burst=burst))

    @property
    def media_may_arrive_late(self) -> bool:
        return True

    def compose(self, *, markdown: str) -> tuple[TextPart, ...]:
        return texts(formatted(storable(markdown)))

    def render(self, *, part: Part, at_most: int = MAX_PARTS) -> tuple[Part, ...]:
        return render(part, at_most=at_most)

    async def send(self, *, part: Part, to: Person, reference: str) -> SentMessage:
        if len(reference) > MAX_REFERENCE:
            # A truncated reference would come back and prove nothing.
            detail = f"not sent, its reference has {len(reference)} characters of {MAX_REFERENCE}"
            raise SendFailedError(SendFailure.FINAL, detail)
        message = {
            "recipient_type": "individual",
            **_addressee(to),
            **graph_message(part),
            **({"biz_opaque_callback_data": reference} if reference else {}),
        }
        response = await self._call(message)
        other = other_writing(to.phone.removeprefix("+")) if to.phone else None
        if other and recipient_not_allowed(response):
            # A test number compares the digits with its list of recipients, which has them as somebody entered them.
            response = await self._call({**message, "to": f"+{other}"})
        document = self._taken(response, said=tuple(_words(asdict(part))))
        message_id = _message_id(document)
        if message_id is None:
            raise SendFailedError(SendFailure.UNKNOWN, "accepted, but the response names no message")
        return SentMessage(message_id=message_id, phone=_chosen_number(document))

    async def acknowledge(self, *, message: InboundMessage) -> None:
        read = {"status": "read", "message_id": message.id, "typing_indicator": {"type": "text"}}
        self._taken(await self._call(read))

    async def _call(self, message: Mapping[str, object]) -> httpx.Response:
        path = f"{self.phone_number_id}/messages"
        return await self.call("POST", path, json={"messaging_product": "whatsapp", **message})

    def _taken(self, response: httpx.Response, *, said: tuple[str, ...] = ()) -> Mapping[str, object]:
        """What the response says, unless it is a refusal."""
        document = document_of(response)
        if not response.is_success or "error" in document:
            raise refused(response, secrets=(self.access_token, *said))
        return document


def _words(value: Any) -> Iterator[str]:
    """What a person is told, which is nobody else's business: whole texts, and each of their lines."""
    if type(value) is str:
        yield from (text for text in (value, *value.splitlines()) if len(text) >= SHORTEST_SECRET)
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _words(item)


def _addressee(person: Person) -> Mapping[str, str]:
    """A phone number goes to `to`, with a plus sign: without one Meta may take it for a number of our own country.

    A business-scoped user id goes to `recipient`: in `to` it is accepted and never delivered.
    """
    if not person.phone:
        return {"recipient": person.user_id or ""}
    digits = person.phone.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise SendFailedError(SendFailure.FINAL, "not sent, the phone number is none")
    return {"to": f"+{digits}"}


def _message_id(document: Mapping[str, object]) -> str | None:
    match document:
        case {"messages": [{"id": str(found)}, *_]} if found:
            return storable(found)
    return None


def _chosen_number(document: Mapping[str, object]) -> str | None:
    """The `wa_id` Meta sends to, which may have a digit more or fewer than `to`; none for somebody with a user id."""
    match document:
        case {"contacts": [{"wa_id": found}]}:
            return maybe_phone(found)
    return None
