"""One person who writes to the service, through a simulator or with webhooks that the test makes."""

import httpx
from attrs import frozen

from support.chat import Chat
from support.service import Service
from support.simulator import APP_SECRET, RunningSimulator
from support.whatsapp_messages import NOW, Json, message, text_message
from support.whatsapp_webhooks import contact, sign, webhook

ADMIN = {"Authorization": "Bearer fake-admin-token"}


async def post(service: Service, body: bytes, *, secret: str | None = APP_SECRET, **headers: str) -> httpx.Response:
    """Call the webhook as Meta does. Without a secret the call has no signature."""
    signature = sign(body, secret) if secret else {}
    everything = {"content-type": "application/json", **signature, **headers}
    return await service.http.post(service.webhook_url, content=body, headers=everything)


async def dead_letters(service: Service) -> list[Json]:
    """The dead letters, from the operators' route."""
    answer = await service.http.get(f"{service.url}/v1/dead-letters", headers=ADMIN)
    return list(answer.raise_for_status().json()["items"])


@frozen(kw_only=True)
class Phone(Chat):
    """A person's phone. `number` holds digits."""

    meta: RunningSimulator
    number: str

    async def write(self, text: str) -> str:
        """Send a text. Returns the id of the message."""
        return await self.meta.write(text, number=self.number)

    async def send(self, kind: str = "text", **fields: object) -> str:
        """Send a message of any type, with the fields of `NewMessage`. Returns its id."""
        return await self.meta.write_message(number=self.number, type=kind, **fields)

    async def act(self, action: str, **details: object) -> str:
        """Do an action on the phone, such as `taps` or `edits`. Returns the id of the message for the webhook."""
        return await self.meta.act(action, number=self.number, **details)

    async def thread(self) -> list[Json]:
        return await self.meta.thread(number=self.number)

    async def shown(self) -> Json:
        """The phone in the list of the page: with "typing" and the number of unread messages."""
        people = (await self.meta.http.get("/phone")).json()["people"]
        return next(person for person in people if person["number"] == self.number)

    def text(self, body: str, *, wamid: str, at: int = NOW) -> bytes:
        """The body of a webhook with one text message of this person."""
        item = text_message(body, sender=self.number, wamid=wamid, at=at)
        return webhook(item, contacts=[contact(phone=self.number)])

    def item(self, kind: str, content: object, *, wamid: str) -> bytes:
        """The body of a webhook with one message of another type."""
        return webhook(message(kind, content, sender=self.number, wamid=wamid), contacts=[contact(phone=self.number)])
