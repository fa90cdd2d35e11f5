"""A Bot API on a socket, as strict as the simulator's, and updates as Telegram sends them."""

import asyncio
import contextlib
import itertools
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from attrs import define, field, frozen

from simulator.phone.drafts import text_draft
from simulator.state.business import Person
from simulator.state.control import Control
from simulator.state.events import EventLog
from simulator.state.media import Media, MediaShelf
from simulator.state.phones import Phones
from simulator.telegram.bot import Bot
from simulator.telegram.errors import BotApiError
from simulator.telegram.requests import JSON_FIELDS
from simulator.telegram.telegram import Telegram
from support.forms import form_of
from support.graph_server import Answer, Request, read_request
from support.loopback import listening

TOKEN = "4711:AAFakeTokenOfATestBot_0123456789-abcdef"
SECRET = "a-secret_Token-1"
ANA = 15550002222
NUMBER = "15550002222"
_updates = itertools.count(1)


@frozen
class Call:
    """One method that was called, with its fields; a file is its content."""

    method: str
    fields: dict[str, Any]


def ok(result: object) -> Answer:
    return Answer(json.dumps({"ok": True, "result": result}).encode())


def refusal(status: int, description: str, **parameters: object) -> Answer:
    more = {"parameters": parameters} if parameters else {}
    return Answer(json.dumps({"ok": False, "error_code": status, "description": description} | more).encode(), status)


def _simulated() -> Telegram:
    """A simulated Telegram, in which Ana's chat has the id that the tests' updates have."""
    events = EventLog()
    phones = Phones((Person(number=NUMBER, name="Ana Soto"),), events)
    bot, offline = Bot(token=TOKEN), Control(fetch_links=False)
    telegram = Telegram(bot=bot, phones=phones, media=MediaShelf(), events=events, control=lambda: offline)
    telegram.chats.of(NUMBER).id = ANA
    for _ in range(100):
        telegram.app.send(number=NUMBER, draft=text_draft("Hello"))
    telegram.files.shelf.put(Media(id="1234567890", content=b"a file", mime_type="image/jpeg"))
    return telegram


@define
class BotApiServer:
    """Answers one request with each step of `script`, and the others as the simulated `telegram` does.

    Ana has written 100 messages to the bot. Updates in `waiting` are fetched while there is no `webhook`; `fetches`
    counts the calls that asked for them. Files at addresses are not fetched.
    """

    url: str = ""
    script: deque[Answer] = field(factory=deque)
    telegram: Telegram = field(factory=_simulated)
    calls: list[Call] = field(factory=list)
    paths: list[str] = field(factory=list)
    waiting: list[dict[str, Any]] = field(factory=list)
    webhook: str = ""
    fetches: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = Answer(b"")
        while not answer.cut:
            request = await read_request(reader)
            is_fetch = request.path.endswith("/getUpdates") and not self.script
            answer = await (self._updates(request) if is_fetch else self._answer(request))
            writer.write(answer.wire())
            await writer.drain()

    def named(self, method: str) -> list[dict[str, Any]]:
        """The fields of each call of this method."""
        return [call.fields for call in self.calls if call.method == method]

    async def _updates(self, request: Request) -> Answer:
        """As Telegram: what was confirmed is forgotten, and of two that ask at once, the earlier one is refused."""
        if not request.path.startswith(f"/bot{TOKEN}/"):
            return refusal(401, "Unauthorized")
        self.calls.append(Call("getUpdates", request.body))
        self.fetches += 1
        mine, ends = self.fetches, asyncio.get_running_loop().time() + request.body["timeout"]
        while not self.webhook and mine == self.fetches:
            self.waiting = [each for each in self.waiting if each["update_id"] >= request.body.get("offset", 0)]
            if self.waiting or asyncio.get_running_loop().time() > ends:
                return ok(self.waiting[: request.body["limit"]])
            await asyncio.sleep(0.01)
        reason = (
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            if self.webhook
            else "terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        return refusal(409, f"Conflict: {reason}")

    def people_write(self, *updates: bytes) -> None:
        """Let these updates wait."""
        self.waiting += map(json.loads, updates)

    def keep(self, file_id: str, content: bytes, mime_type: str) -> None:
        """Let the bot download this file."""
        self.telegram.files.shelf.put(Media(id=file_id, content=content, mime_type=mime_type))

    async def tap(self) -> str:
        """Ana taps a button. Returns the id of the callback query."""
        keyboard = {"inline_keyboard": [[{"text": "Small", "callback_data": "s"}]]}
        fields = {"chat_id": ANA, "text": "Which size?", "reply_markup": keyboard}
        asked: Any = await self.telegram.call("sendMessage", fields)
        self.telegram.app.tap(number=NUMBER, message_id=str(asked["message_id"]), data="s")
        (tapped,) = await self.telegram.updates.fetch(offset=-1, limit=1, seconds=0, allowed=None)
        return str(tapped["callback_query"]["id"])

    async def _answer(self, request: Request) -> Answer:
        self.paths.append(request.path)
        if request.path.startswith(f"/file/bot{TOKEN}/"):
            if self.script:
                return self.script.popleft()
            file = self.telegram.files.at(request.path.removeprefix(f"/file/bot{TOKEN}/"))
            return Answer(b"", 404) if file is None else Answer(file.content, 200, "application/octet-stream")
        token, _, method = request.path.removeprefix("/bot").partition("/")
        fields = _fields(request)
        contents = {name: value.content if isinstance(value, Media) else value for name, value in fields.items()}
        self.calls.append(Call(method, contents))
        if self.script:
            return self.script.popleft()
        if token != TOKEN:
            return refusal(401, "Unauthorized")
        try:
            return ok(await self.telegram.call(method, fields))
        except BotApiError as error:
            return Answer(json.dumps(error.body).encode(), error.code)


def _fields(request: Request) -> dict[str, Any]:
    """The fields of a call. In a form, what is no text is JSON."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return request.body
    return {
        name: Media(content=one.content, mime_type=one.mime_type, filename=one.name)
        if one.name
        else _form_value(name, one.content.decode())
        for name, one in form_of(request).items()
    }


def _form_value(name: str, value: str) -> object:
    return json.loads(value) if name in JSON_FIELDS else value


@contextlib.asynccontextmanager
async def bot_api_server() -> AsyncIterator[BotApiServer]:
    server = BotApiServer()
    async with listening(server.serve) as server.url:
        yield server
        server.fetches += 1  # a call that still waits for updates ends
    await server.telegram.close()


def sender(user: int = ANA, **more: object) -> dict[str, Any]:
    named = {"first_name": "Ana", "last_name": "Soto", "username": "ana_soto", "language_code": "es"}
    return {"id": user, "is_bot": False, **named, **more}


def private_chat(user: int = ANA) -> dict[str, Any]:
    return {"id": user, "type": "private", "first_name": "Ana"}


def message(*, number: int = 7, user: int = ANA, at: int = 1_750_000_000, **content: object) -> dict[str, Any]:
    """A message of a private chat."""
    if not content:
        content = {"text": "Hello"}
    return {"message_id": number, "from": sender(user), "chat": private_chat(user), "date": at, **content}


def update(update_id: int | None = None, **content: object) -> bytes:
    """The body of a webhook."""
    return json.dumps({"update_id": update_id or next(_updates), **content}).encode()


def tap(
    data: str, title: str, *, query: str = "4382bfdwdsb323b2d9", number: int = 9, user: int = ANA
) -> dict[str, Any]:
    """A tap on a button of a message of ours, as the callback query that Telegram sends."""
    keyboard = {"inline_keyboard": [[{"text": title, "callback_data": data}]]}
    asked = {"message_id": number, "chat": private_chat(user), "date": 1_750_000_000, "text": "Which size?"}
    bot = {"id": 4711, "is_bot": True, "first_name": "Shop"}
    shown_message = {**asked, "from": bot, "reply_markup": keyboard}
    return {"id": query, "from": sender(user), "message": shown_message, "chat_instance": "1", "data": data}
