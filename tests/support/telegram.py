"""A Bot API on a socket, as strict as Telegram, and updates as Telegram sends them."""

import asyncio
import contextlib
import itertools
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Mapping
from html.parser import HTMLParser
from typing import Any

from attrs import define, field, frozen

from support.forms import form_of
from support.graph_server import Answer, Request, read_request
from support.loopback import listening

TOKEN = "4711:AAFakeTokenOfATestBot_0123456789-abcdef"
SECRET = "a-secret_Token-1"
ANA = 15550002222
TAGS = frozenset({"b", "i", "s", "code", "pre", "blockquote", "a"})
FILE_FIELDS = ("photo", "video", "audio", "voice", "document", "sticker")
# The fields that each method knows, besides the chat and the reply. Those with a star must be there.
METHODS: Mapping[str, tuple[str, ...]] = {
    "sendMessage": ("text*", "parse_mode", "link_preview_options", "reply_markup"),
    **{f"send{name.capitalize()}": (f"{name}*", "caption", "parse_mode") for name in FILE_FIELDS},
    "sendSticker": ("sticker*",),
    "sendLocation": ("latitude*", "longitude*"),
    "sendVenue": ("latitude*", "longitude*", "title*", "address*"),
    "sendContact": ("phone_number*", "first_name*", "vcard"),
    "setMessageReaction": ("message_id*", "reaction*"),
    "sendChatAction": ("action*",),
}
_updates = itertools.count(1)


@frozen
class Call:
    """One method that was called, with its fields; a file is its content."""

    method: str
    fields: dict[str, Any]


class RefusedError(Exception):
    """What Telegram says of a call that it refuses."""


def ok(result: object) -> Answer:
    return Answer(json.dumps({"ok": True, "result": result}).encode())


def refusal(status: int, description: str, **parameters: object) -> Answer:
    more = {"parameters": parameters} if parameters else {}
    return Answer(json.dumps({"ok": False, "error_code": status, "description": description} | more).encode(), status)


class _Tags(HTMLParser):
    """Refuses what Telegram refuses: other tags, and tags that are not closed in their order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in TAGS:
            raise RefusedError(f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}" at byte offset 0')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise RefusedError("Bad Request: can't parse entities: Unexpected end tag at byte offset 0")

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(text: str, parse_mode: str | None) -> str:
    """The text that people see."""
    if parse_mode is None:
        return text
    if parse_mode != "HTML":
        raise RefusedError("Bad Request: unsupported parse_mode")
    tags = _Tags()
    tags.feed(text)
    tags.close()
    if tags.open:
        raise RefusedError("Bad Request: can't parse entities: Can't find end tag")
    return tags.text


def _check_text(text: str, limit: int, what: str) -> None:
    if len(text.encode("utf-16-le")) // 2 > limit:
        raise RefusedError(f"Bad Request: {what} is too long")


def _check_keyboard(markup: Mapping[str, Any]) -> None:
    for button in itertools.chain.from_iterable(markup.get("keyboard", ())):
        assert button.keys() <= {"text", "request_contact"}
        if not button["text"].strip():
            raise RefusedError("Bad Request: can't parse keyboard button: Text must be non-empty")
    for button in itertools.chain.from_iterable(markup.get("inline_keyboard", ())):
        if not button["text"].strip():
            raise RefusedError("Bad Request: text buttons are unallowed in the inline keyboard")
        if "url" in button:
            if not re.match(r"https?://", button["url"]):
                raise RefusedError("Bad Request: inline keyboard button URL is invalid")
        elif not 1 <= len(button["callback_data"].encode()) <= 64:
            raise RefusedError("Bad Request: BUTTON_DATA_INVALID")


@define
class BotApiServer:
    """Answers one request with each step of `script`, and the others as Telegram does.

    It knows the chats in `chats`, the callback queries in `queries`, and the files in `files`, by their path. Updates
    in `waiting` are fetched while there is no `webhook`. `fetches` counts the calls that asked for them.
    """

    url: str = ""
    script: deque[Answer] = field(factory=deque)
    chats: set[int] = field(factory=lambda: {ANA})
    queries: set[str] = field(factory=set)
    files: dict[str, bytes] = field(factory=dict)
    file_ids: set[str] = field(factory=lambda: {"1234567890"})
    calls: list[Call] = field(factory=list)
    paths: list[str] = field(factory=list)
    last_message: int = 100
    waiting: list[dict[str, Any]] = field(factory=list)
    webhook: str = ""
    fetches: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = Answer(b"")
        while not answer.cut:
            request = await read_request(reader)
            is_fetch = request.path.endswith("/getUpdates") and not self.script
            answer = await self._updates(request) if is_fetch else self._answer(request)
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

    def _answer(self, request: Request) -> Answer:
        self.paths.append(request.path)
        if request.path.startswith(f"/file/bot{TOKEN}/"):
            content = self.files.get(request.path.removeprefix(f"/file/bot{TOKEN}/"))
            if self.script:
                return self.script.popleft()
            return Answer(b"", 404) if content is None else Answer(content, 200, "application/octet-stream")
        token, _, method = request.path.removeprefix("/bot").partition("/")
        fields = _fields(request)
        self.calls.append(Call(method, fields))
        if self.script:
            return self.script.popleft()
        if token != TOKEN:
            return refusal(401, "Unauthorized")
        try:
            return ok(self._result(method, fields))
        except RefusedError as error:
            return refusal(400, str(error))

    def _result(self, method: str, fields: dict[str, Any]) -> object:
        if method == "getFile":
            return self._file(fields["file_id"])
        if method == "answerCallbackQuery":
            if fields["callback_query_id"] not in self.queries:
                raise RefusedError("Bad Request: query is too old and response timeout expired or query ID is invalid")
            return True
        if fields.get("chat_id") not in self.chats:
            raise RefusedError("Bad Request: chat not found")
        self._check(method, fields)
        if method in {"setMessageReaction", "sendChatAction"}:
            return True
        self.last_message += 1
        return {"message_id": self.last_message, "chat": {"id": fields["chat_id"], "type": "private"}}

    def _check(self, method: str, fields: dict[str, Any]) -> None:
        known = METHODS[method]
        names = {name.removesuffix("*") for name in known} | {"chat_id", "reply_parameters"}
        unknown = fields.keys() - names
        assert not unknown, f"{method} knows no {unknown}"
        for name in (name[:-1] for name in known if name.endswith("*")):
            if fields.get(name) in (None, ""):
                raise RefusedError(f"Bad Request: {name} is empty")
        _check_text(shown(fields.get("text", ""), fields.get("parse_mode")), 4096, "message")
        _check_text(shown(fields.get("caption", ""), fields.get("parse_mode")), 1024, "message caption")
        if "reply_markup" in fields:
            _check_keyboard(fields["reply_markup"])
        for name in FILE_FIELDS:
            given = fields.get(name, b"")
            if isinstance(given, str) and not given.startswith(("http://", "https://")) and given not in self.file_ids:
                raise RefusedError("Bad Request: wrong file identifier/HTTP URL specified")
        if fields.get("message_id", 1) > self.last_message:
            raise RefusedError("Bad Request: message to react not found")

    def _file(self, file_id: str) -> object:
        """The id of a file is its path without the ending."""
        path = next((path for path in self.files if path.partition(".")[0].endswith(file_id)), None)
        if path is None:
            raise RefusedError("Bad Request: wrong file_id or the file is temporarily unavailable")
        return {"file_id": file_id, "file_unique_id": "u", "file_size": len(self.files[path]), "file_path": path}


def _fields(request: Request) -> dict[str, Any]:
    """The fields of a call. In a form, what is no text is JSON."""
    if not request.headers.get("content-type", "").startswith("multipart/"):
        return request.body
    return {
        name: one.content if one.name else _form_value(name, one.content.decode())
        for name, one in form_of(request).items()
    }


def _form_value(name: str, value: str) -> object:
    return json.loads(value) if name in {"chat_id", "reply_parameters", "reply_markup", "latitude"} else value


@contextlib.asynccontextmanager
async def bot_api_server() -> AsyncIterator[BotApiServer]:
    server = BotApiServer()
    async with listening(server.serve) as server.url:
        yield server


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
