"""A small bot: it calls the Bot API of a simulator, and has a webhook that keeps what Telegram says."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
from attrs import define, field

from support.polling import eventually
from support.simulator import ANA, BOT_TOKEN, RunningSimulator, answer, served

SECRET = "a-secret_Token-1"


@define(kw_only=True)
class FakeBot:
    """`answers` has the HTTP statuses of the webhook's next answers. After these, the status is 200."""

    telegram: RunningSimulator
    url: str = ""
    answers: list[int] = field(factory=list)
    updates: list[dict[str, Any]] = field(factory=list)
    secrets: set[str] = field(factory=set)

    async def ask(self, method: str, *, token: str = BOT_TOKEN, **fields: object) -> httpx.Response:
        """Call a method of the Bot API."""
        return await self.telegram.http.post(f"/telegram/bot{token}/{method}", json=fields)

    async def call(self, method: str, **fields: object) -> Any:
        """The result of a method."""
        return (await self.ask(method, **fields)).raise_for_status().json()["result"]

    async def refusal(self, method: str, **fields: object) -> dict[str, Any]:
        """The error of a method, without what all errors have."""
        response = await self.ask(method, **fields)
        body = response.json()
        assert (body.pop("ok"), body["error_code"]) == (False, response.status_code)
        return body

    async def chat(self, number: str = ANA) -> int:
        """Have a person begin, and return the id of their chat."""
        await self.write("/start", number=number)
        return self.telegram.simulator.telegram.chats.of(number).id

    async def write(self, text: str = "", *, number: str = ANA, **fields: object) -> str:
        """A person writes. Returns the id of the message."""
        message = {"text": text, **fields} if text else fields
        response = await self.telegram.http.post(f"/phone/{number}/telegram/messages", json=message)
        return str(response.raise_for_status().json()["id"])

    async def act(self, action: str, *, number: str = ANA, **details: object) -> None:
        """A person does something else."""
        (await self.telegram.http.post(f"/phone/{number}/telegram/{action}", json=details)).raise_for_status()

    async def thread(self, *, number: str = ANA) -> list[dict[str, Any]]:
        response = await self.telegram.http.get(f"/phone/{number}/telegram/messages")
        return list(response.raise_for_status().json())

    async def listen(self, *, allowed: list[str] | None = None) -> None:
        """Get updates by webhook from now on."""
        more = {} if allowed is None else {"allowed_updates": allowed}
        await self.call("setWebhook", url=self.url, secret_token=SECRET, **more)

    async def received(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait for so many updates of this kind, all with the secret token. Returns what the last of them holds."""
        await eventually(lambda: len([update for update in self.updates if kind in update]) >= count)
        assert self.secrets == {SECRET}
        return [update[kind] for update in self.updates if kind in update][count - 1]

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable) -> None:
        """The webhook as a bare ASGI application."""
        body, more = b"", True
        while more:
            event = await receive()
            body, more = body + event.get("body", b""), event.get("more_body", False)
        self.secrets.add(dict(scope["headers"]).get(b"x-telegram-bot-api-secret-token", b"").decode())
        self.updates.append(json.loads(body))
        await answer(send, self.answers.pop(0) if self.answers else 200, b"")


@contextlib.asynccontextmanager
async def fake_bot(telegram: RunningSimulator) -> AsyncIterator[FakeBot]:
    """A bot of this simulator, with a webhook on a free port that is not registered yet."""
    bot = FakeBot(telegram=telegram)
    async with served(bot) as url:
        bot.url = f"{url}/webhook"
        yield bot
