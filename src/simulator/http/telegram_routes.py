"""The routes for what a person does in Telegram. The page, the terminal phone and tests use them."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from attrs import evolve
from litestar import Router, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody, RawBody
from msgspec import Meta, Struct

from simulator.http.actions import Text
from simulator.http.dependencies import SimulatorDependency
from simulator.http.phone_access import digits, phone_of, translated_errors
from simulator.phone.drafts import Draft, text_draft
from simulator.simulator import Simulator
from simulator.telegram.inbound import draft


class NewTelegramMessage(Struct):
    """A message of a person: a `text`, or a `type` with its `content`. A missing field gets a sample value.

    Types: text, image, video, voice, audio, document, sticker, location, contacts, poll, dice, own_contact (the card of
    the person, which proves their number). Their content is as on WhatsApp. `quote`: words of the message `reply_to`.
    `album`: the id that the parts of an album share.
    """

    text: Text | None = None
    type: str = "text"
    content: dict[str, Any] = {}
    reply_to: str | None = None
    quote: str = ""
    forwarded: bool = False
    album: str = ""
    age_seconds: Annotated[float, Meta(ge=0)] = 0.0


class TelegramAction(Struct):
    """Something else that the person does."""

    @abstractmethod
    def do(self, simulator: Simulator, number: str) -> None:
        """Do it."""


class Tap(TelegramAction):
    """A tap on a button below a message. `choice` is its callback data."""

    message_id: str
    choice: str

    def do(self, simulator: Simulator, number: str) -> None:
        simulator.telegram.app.tap(number=number, message_id=self.message_id, data=self.choice)


class Reaction(TelegramAction):
    """A reaction to a message. An empty emoji removes it."""

    message_id: str
    emoji: str

    def do(self, simulator: Simulator, number: str) -> None:
        simulator.telegram.app.react(number=number, message_id=self.message_id, emoji=self.emoji)


class Edit(TelegramAction):
    """A new text, or a new caption, for a message of the person."""

    message_id: str
    text: Text

    def do(self, simulator: Simulator, number: str) -> None:
        simulator.telegram.app.edit(number=number, message_id=self.message_id, text=self.text)


class Block(TelegramAction):
    """The person blocks the bot, or lets it write again."""

    blocked: bool

    def do(self, simulator: Simulator, number: str) -> None:
        simulator.telegram.app.block(number=number, blocked=self.blocked)


class Read(TelegramAction):
    """The person opens the chat. Bots do not learn of it."""

    def do(self, simulator: Simulator, number: str) -> None:
        simulator.telegram.chats.of(number).open_thread()


ACTIONS_BY_NAME: Mapping[str, type[TelegramAction]] = {
    "taps": Tap,
    "reactions": Reaction,
    "edits": Edit,
    "blocks": Block,
    "read": Read,
}


def telegram_router() -> Router:
    return Router(path="/phone/{number:str}/telegram", route_handlers=[read_chat, write, act])


@get("/messages")
async def read_chat(simulator: SimulatorDependency, number: FromPath[str]) -> list[dict[str, Any]]:
    """All messages of the chat, oldest first."""
    chat = simulator.telegram.chats.of(phone_of(simulator, number).number)
    return [chat.shown(message) for message in chat.messages]


@post("/messages")
async def write(
    simulator: SimulatorDependency, number: FromPath[str], data: JSONBody[NewTelegramMessage]
) -> dict[str, str]:
    """Send a message to the bot."""
    app, person = simulator.telegram.app, digits(number)
    with translated_errors():
        if data.type == "own_contact":
            message = app.share_own_contact(number=person, reply_to=data.reply_to)
        else:
            drafted = evolve(_draft(simulator, data), reply_to=data.reply_to, age_seconds=data.age_seconds)
            message = app.send(
                number=person, draft=drafted, forwarded=data.forwarded, quote=data.quote, album=data.album
            )
    return {"id": message.id}


@post("/{action:str}", status_code=204)
async def act(simulator: SimulatorDependency, number: FromPath[str], action: FromPath[str], body: RawBody) -> None:
    """Do one of `ACTIONS_BY_NAME`."""
    if action not in ACTIONS_BY_NAME:
        raise NotFoundException(f"{action!r} is not one of: {', '.join(ACTIONS_BY_NAME)}")
    person = phone_of(simulator, number).number
    with translated_errors():
        msgspec.json.decode(body or b"{}", type=ACTIONS_BY_NAME[action]).do(simulator, person)


def _draft(simulator: Simulator, message: NewTelegramMessage) -> Draft:
    if message.text is not None:
        return text_draft(message.text)
    return draft(message.type, message.content, simulator.media)
