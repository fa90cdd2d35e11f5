"""Speaks on WhatsApp through the Graph API.

Source: Meta, "Cloud API messages reference" and "Typing indicators" (v25.0).
"""

from collections.abc import Mapping

import httpx
from attrs import field, frozen

from adapters.whatsapp.fields import storable
from adapters.whatsapp.formatting import to_whatsapp
from adapters.whatsapp.graph_errors import document_of, refused, unanswered
from adapters.whatsapp.splitting import split
from application.ports.messenger import SendFailedError
from domain.conversations import Person
from domain.failures import SendFailure
from domain.messages import InboundMessage
from domain.replies import TextPart

ACKNOWLEDGED_SECONDS = 25.0
LONGEST_REFERENCE = 512


@frozen(kw_only=True)
class GraphMessenger:
    """Sends from one business number. Whoever made the client, with its time-outs, closes it."""

    client: httpx.AsyncClient
    api_url: str
    api_version: str
    phone_number_id: str
    access_token: str = field(repr=False)

    @property
    def acknowledged_seconds(self) -> float:
        return ACKNOWLEDGED_SECONDS

    def compose(self, *, markdown: str) -> tuple[TextPart, ...]:
        return tuple(TextPart(body=part) for part in split(to_whatsapp(storable(markdown))))

    async def send(self, *, part: TextPart, to: Person, reference: str) -> str:
        if len(reference) > LONGEST_REFERENCE:
            # A truncated reference would come back and prove nothing.
            detail = f"not sent, its reference has {len(reference)} characters of {LONGEST_REFERENCE}"
            raise SendFailedError(SendFailure.FINAL, detail)
        message = {
            "recipient_type": "individual",
            **_addressee(to),
            "type": "text",
            "text": {"body": part.body, "preview_url": False},
            "biz_opaque_callback_data": reference,
        }
        response = await self._post(message, said=part.body)
        message_id = _message_id(response)
        if message_id is None:
            raise SendFailedError(SendFailure.UNKNOWN, "accepted, but the response names no message")
        return message_id

    async def acknowledge(self, *, message: InboundMessage) -> None:
        await self._post({"status": "read", "message_id": message.id, "typing_indicator": {"type": "text"}})

    async def _post(self, message: Mapping[str, object], *, said: str = "") -> httpx.Response:
        try:
            response = await self.client.post(
                f"{self.api_url.rstrip('/')}/{self.api_version}/{self.phone_number_id}/messages",
                json={"messaging_product": "whatsapp", **message},
                headers={b"Authorization": f"Bearer {self.access_token}".encode()},
            )
        except httpx.LocalProtocolError as error:
            raise unanswered(error) from None  # its words may hold the token
        except httpx.HTTPError as error:
            raise unanswered(error) from error
        if not response.is_success or "error" in document_of(response):
            raise refused(response, secrets=(self.access_token, said))
        return response


def _addressee(person: Person) -> Mapping[str, str]:
    """A phone number goes to `to`, with a plus sign: without one Meta may take it for a number of our own country.

    A business-scoped user id goes to `recipient`: in `to` it is accepted and never delivered.
    """
    if person.phone is None:
        return {"recipient": person.user_id or ""}
    digits = person.phone.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise SendFailedError(SendFailure.FINAL, "not sent, the phone number is none")
    return {"to": f"+{digits}"}


def _message_id(response: httpx.Response) -> str | None:
    match document_of(response):
        case {"messages": [{"id": str(found)}, *_]} if found:
            return storable(found)
    return None
