"""A simulator on a free port, and a fake business with a webhook."""

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Sequence

import httpx
import uvicorn
from attrs import define, evolve, field, frozen

from entrypoints.http.server.loopback import loopback_only
from simulator.serving import serve_simulator
from simulator.simulator import Simulator
from simulator.state.business import BusinessNumber, Person
from simulator.telegram.bot import Bot
from support.polling import eventually
from support.prompt_end import prompt_end

ACCESS_TOKEN = "fake-access-token"
APP_SECRET = "fake-app-secret"
VERIFY_TOKEN = "fake-verify-token"
BOT_TOKEN = "4711:AAFakeTokenOfATestBot_0123456789-abcdef"
ANA = "15550002222"
BEN = "15550003333"


def business_number(webhook_url: str) -> BusinessNumber:
    return BusinessNumber(
        access_token=ACCESS_TOKEN, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, webhook_url=webhook_url
    )


@frozen(kw_only=True)
class RunningSimulator:
    """A simulator that is being served. `http` calls it with the access token."""

    url: str
    simulator: Simulator
    http: httpx.AsyncClient

    @property
    def number_url(self) -> str:
        return f"/v25.0/{self.simulator.business.phone_number_id}"

    async def write(self, text: str, *, number: str = ANA) -> str:
        """A person sends a text. Returns the id of the message."""
        answer = await self.http.post(f"/phone/{number}/messages", json={"text": text})
        return str(answer.raise_for_status().json()["id"])

    async def write_message(self, *, number: str = ANA, **fields: object) -> str:
        """A person sends a message of any type, with the fields of `NewMessage`. Returns its id."""
        return await self.act("messages", number=number, **fields)

    async def act(self, action: str, *, number: str = ANA, **details: object) -> str:
        """Do an action on the phone, such as `taps` or `edits`. Returns the id of the message for the webhook."""
        answer = await self.http.post(f"/phone/{number}/{action}", json=details)
        return str(answer.raise_for_status().json()["id"])

    async def thread(self, *, number: str = ANA) -> list[dict[str, object]]:
        answer = await self.http.get(f"/phone/{number}/messages")
        return list(answer.raise_for_status().json())

    async def message(self, message_id: str, *, number: str = ANA) -> dict[str, object]:
        return next(message for message in await self.thread(number=number) if message["id"] == message_id)

    async def send(self, body: str, *, to: str = f"+{ANA}", **fields: object) -> httpx.Response:
        """The business sends a text."""
        message = {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}}
        return await self.http.post(f"{self.number_url}/messages", json=message | fields)

    async def send_content(
        self, kind: str, content: object, *, to: str = f"+{ANA}", **fields: object
    ) -> httpx.Response:
        """The business sends a message of another type."""
        message = {"messaging_product": "whatsapp", "to": to, "type": kind, kind: content}
        return await self.http.post(f"{self.number_url}/messages", json=message | fields)

    async def upload(self, content: bytes, mime_type: str, *, name: str = "file") -> str:
        """The business uploads a file. Returns its id."""
        answer = await self.http.post(
            f"{self.number_url}/media",
            data={"messaging_product": "whatsapp"},
            files={"file": (name, content, mime_type)},
        )
        return str(answer.raise_for_status().json()["id"])

    async def acknowledge(self, message_id: str, *, typing: bool = False) -> httpx.Response:
        """The business marks a message as read, and shows "typing" where asked."""
        receipt: dict[str, object] = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
        if typing:
            receipt["typing_indicator"] = {"type": "text"}
        return await self.http.post(f"{self.number_url}/messages", json=receipt)

    def point_at(self, webhook_url: str) -> None:
        """Set the address of the webhook, as on Meta's dashboard."""
        self.simulator.business = evolve(self.simulator.business, webhook_url=webhook_url)

    async def answers(self, *, number: str = ANA) -> list[str]:
        """The texts that the business has sent to a person so far."""
        return [str(message["body"]) for message in await self.thread(number=number) if message["author"] == "business"]

    async def control(self, **settings: object) -> None:
        (await self.http.put("/control", json=settings)).raise_for_status()

    async def change_phone(self, *, number: str = ANA, **settings: object) -> None:
        """Hide a person's number (`hides_number`), or move Meta's clock for their window (`ahead_seconds`)."""
        (await self.http.put(f"/control/phones/{number}", json=settings)).raise_for_status()

    async def send_account_event(self, field: str, value: object = None) -> None:
        """Call the webhook with an event that is not a message. Without a value, send an example."""
        (await self.http.post("/control/account_events", json={"field": field, "value": value})).raise_for_status()


@contextlib.asynccontextmanager
async def running_simulator(
    *, webhook_url: str, people: Sequence[Person] | None = None, notice: str = "", port: int = 0
) -> AsyncIterator[RunningSimulator]:
    """Serve a simulator on a port of 127.0.0.1, in this event loop. Port 0 takes a free port."""
    business, bot = business_number(webhook_url), Bot(token=BOT_TOKEN)
    simulator = Simulator(business=business, bot=bot, people=people, notice=notice)
    headers = {"Authorization": f"Bearer {ACCESS_TOKEN}"}
    async with contextlib.AsyncExitStack() as stack:
        url = await stack.enter_async_context(serve_simulator(simulator, guard=loopback_only, port=port))
        http = httpx.AsyncClient(base_url=url, headers=headers, timeout=10, trust_env=False)
        await stack.enter_async_context(http)
        yield RunningSimulator(url=url, simulator=simulator, http=http)
        with prompt_end():
            await stack.aclose()


@define(kw_only=True)
class FakeBusiness:
    """A webhook that checks the signatures and keeps every call.

    `answers` has the HTTP statuses of the next answers. After these, the status is 200. No call is answered while
    `open` is cleared. `forged` counts the calls with a wrong signature.
    """

    url: str = ""
    answers: list[int] = field(factory=list)
    calls: list[bytes] = field(factory=list)
    forged: int = 0
    open: asyncio.Event = field(factory=asyncio.Event)

    def changes(self) -> list[dict[str, object]]:
        """Each change of each call, in order."""
        entries = [entry for body in self.calls for entry in json.loads(body)["entry"]]
        return [change for entry in entries for change in entry["changes"]]

    def values(self) -> list[dict[str, object]]:
        """The `value` of each change, in order."""
        return [change["value"] for change in self.changes()]

    def messages(self) -> list[dict[str, object]]:
        return [message for value in self.values() for message in value.get("messages", [])]

    def statuses(self) -> list[dict[str, object]]:
        return [status for value in self.values() for status in value.get("statuses", [])]

    async def received(self, count: int = 1) -> dict[str, object]:
        """Wait until the webhook has received so many messages, all signed. Returns the last of them."""
        await eventually(lambda: len(self.messages()) >= count)
        assert self.forged == 0
        return self.messages()[count - 1]

    async def __call__(self, scope: dict[str, object], receive: Callable, send: Callable) -> None:
        """The webhook as a bare ASGI application."""
        if scope["method"] == "GET":
            return await self._shake_hands(scope, send)
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event.get("body", b""), event.get("more_body", False)
        self.calls.append(body)
        digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        self.forged += dict(scope["headers"]).get(b"x-hub-signature-256") != f"sha256={digest}".encode()
        await self.open.wait()
        return await answer(send, self.answers.pop(0) if self.answers else 200, b"")

    async def _shake_hands(self, scope: dict[str, object], send: Callable) -> None:
        query = httpx.QueryParams(scope["query_string"].decode())
        known = query["hub.mode"] == "subscribe" and query["hub.verify_token"] == VERIFY_TOKEN
        await answer(send, 200 if known else 403, query["hub.challenge"].encode() if known else b"")


async def answer(send: Callable, status: int, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})


@contextlib.asynccontextmanager
async def fake_business() -> AsyncIterator[FakeBusiness]:
    """Serve a `FakeBusiness` on a free port of 127.0.0.1, in this event loop."""
    business = FakeBusiness()
    business.open.set()
    async with served(business) as url:
        business.url = f"{url}/webhook"
        try:
            yield business
        finally:
            business.open.set()


@contextlib.asynccontextmanager
async def served(application: Callable) -> AsyncIterator[str]:
    """Serve an ASGI application on a free port of 127.0.0.1, in this event loop. Yields its address."""
    quiet = {"log_config": None, "access_log": False}
    config = uvicorn.Config(application, host="127.0.0.1", port=0, lifespan="off", timeout_keep_alive=60, **quiet)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    await eventually(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        with prompt_end():
            server.should_exit = True
            await serving
