"""The routes for everything that a person can do on the phone."""

from typing import Annotated, Any

import msgspec
from attrs import evolve
from litestar import post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody, RawBody
from msgspec import Meta, Struct

from simulator.http.actions import ACTIONS_BY_NAME, Text
from simulator.http.dependencies import SimulatorDependency
from simulator.http.phone_access import digits, phone_of, translated_errors
from simulator.phone.drafts import (
    CATALOG,
    SAMPLE_AD,
    SAMPLE_PRODUCT,
    Draft,
    draft,
    text_draft,
)
from simulator.simulator import Simulator
from simulator.state.chat_messages import new_wamid
from simulator.state.groups import SAMPLE_GROUP


class NewMessage(Struct):
    """A message of a person: a `text`, or a `type` with its `content`. A missing field gets a sample value.

    Types and their content: text (body); image, video, voice, audio, document, sticker (media_id of an added file,
    caption, filename); location (latitude, longitude, name, address); contacts (name, phone, origin); order (text,
    items); address (name, phone_number, address, city, ...); call_permission (response: accept or reject); unsupported
    (kind); broken.

    `forwarded` is true or "frequently". `referral` is an ad, `product` the id of the product that the message is about,
    `group` the id of the group that it is sent to. True takes a sample of these.
    """

    text: Text | None = None
    type: str = "text"
    content: dict[str, Any] = {}
    reply_to: str | None = None
    forwarded: bool | str = False
    referral: bool | dict[str, Any] = False
    product: bool | str = False
    group: bool | str = False
    age_seconds: Annotated[float, Meta(ge=0)] = 0.0


class PlayedVoiceNote(Struct):
    """A voice note of the business that the person plays."""

    message_id: str


class NewNumber(Struct):
    """The new number of the person."""

    number: str


@post("/phone/{number:str}/messages")
async def write(simulator: SimulatorDependency, number: FromPath[str], data: JSONBody[NewMessage]) -> dict[str, str]:
    """Send a message to the business."""
    with translated_errors():
        message = simulator.inbound.send(number=digits(number), draft=_draft(simulator, data))
    return {"id": message.id}


@post("/phone/{number:str}/{action:str}")
async def act(
    simulator: SimulatorDependency, number: FromPath[str], action: FromPath[str], body: RawBody
) -> dict[str, str]:
    """Do one of `ACTIONS_BY_NAME`. Answers the id of the message for the webhook."""
    if action not in ACTIONS_BY_NAME:
        raise NotFoundException(f"{action!r} is not one of: {', '.join(ACTIONS_BY_NAME)}")
    with translated_errors():
        parsed = msgspec.json.decode(body, type=ACTIONS_BY_NAME[action])
        message = parsed.do(simulator, phone_of(simulator, number).person.number)
    return {"id": message.id}


@post("/phone/{number:str}/plays", status_code=204)
async def play(simulator: SimulatorDependency, number: FromPath[str], data: JSONBody[PlayedVoiceNote]) -> None:
    """Play a voice note of the business."""
    with translated_errors():
        simulator.outbound.play(phone_of(simulator, number), data.message_id)


@post("/phone/{number:str}/number")
async def change_number(
    simulator: SimulatorDependency, number: FromPath[str], data: JSONBody[NewNumber]
) -> dict[str, str]:
    """Change the number of the person. The thread stays."""
    old, new = phone_of(simulator, number).person.number, digits(data.number)
    with translated_errors():
        simulator.identities.change_number(number=old, new=new)
    return {"number": new}


def _draft(simulator: Simulator, message: NewMessage) -> Draft:
    if message.text is not None:
        drafted = text_draft(message.text)
    else:
        drafted = draft(message.type, message.content, simulator.media)
    return evolve(
        drafted,
        reply_to=message.reply_to,
        context=_context(simulator, message),
        referral=SAMPLE_AD if message.referral is True else message.referral or None,
        group_id=SAMPLE_GROUP if message.group is True else message.group or None,
        age_seconds=message.age_seconds,
    )


def _context(simulator: Simulator, message: NewMessage) -> dict[str, object]:
    """Meta's `context`. A question about a product replies to a message of the catalogue, which no thread has."""
    context: dict[str, object] = {}
    if message.forwarded:
        context["frequently_forwarded" if message.forwarded == "frequently" else "forwarded"] = True
    if message.product:
        product = SAMPLE_PRODUCT if message.product is True else message.product
        context["referred_product"] = {"catalog_id": CATALOG, "product_retailer_id": product}
        context |= {} if message.reply_to else {"from": simulator.business.phone, "id": new_wamid()}
    return context


ACTIONS = (write, act, play, change_number)
