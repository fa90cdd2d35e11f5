"""What a person does on the phone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
from attrs import evolve
from litestar import post
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import FromPath, JSONBody, RawBody
from msgspec import Meta, Struct

from simulator.http.actions import ACTIONS_BY_NAME, Action, Words
from simulator.http.dependencies import SimulatorDependency
from simulator.http.phone_access import digits, phone_of
from simulator.phone.drafts import (
    CATALOG,
    SAMPLE_AD,
    SAMPLE_PRODUCT,
    Draft,
    ImpossibleDraftError,
    draft,
    text,
)
from simulator.simulator import Simulator
from simulator.state.chat_messages import new_wamid
from simulator.state.groups import SAMPLE_GROUP
from simulator.state.phones import UnknownMessageError


class Note(Struct):
    """A message: a `text`, or a `type` with what belongs to it in `content`; what is left out there is made up.

    Types: text (body), image, video, voice, audio, document, sticker (media_id of an added file, caption, filename),
    location (latitude, longitude, name, address), contacts (name, phone, origin), order (text, items),
    address (name, phone_number, address, city, ...), call_permission (response: accept or reject), unsupported (kind),
    broken. `forwarded` is true or "frequently". True stands for something made up: an ad (`referral`), the
    product it is about (`product`, else its id), the group it is written in (`group`, else its id).
    """

    text: Words | None = None
    type: str = "text"
    content: dict[str, Any] = {}
    reply_to: str | None = None
    forwarded: bool | str = False
    referral: bool | dict[str, Any] = False
    product: bool | str = False
    group: bool | str = False
    age_seconds: Annotated[float, Meta(ge=0)] = 0.0


class Played(Struct):
    """A voice note of the business."""

    message_id: str


class NewNumber(Struct):
    """Where somebody moves to."""

    number: str


@post("/phone/{number:str}/messages")
async def write(simulator: SimulatorDependency, number: FromPath[str], data: JSONBody[Note]) -> dict[str, str]:
    """Send a message to the business."""
    with _possible():
        message = simulator.people.send(number=digits(number), draft=_draft(simulator, data))
    return {"id": message.id}


@post("/phone/{number:str}/{action:str}")
async def act(
    simulator: SimulatorDependency, number: FromPath[str], action: FromPath[str], body: RawBody
) -> dict[str, str]:
    """Do one of `ACTIONS_BY_NAME`; the id of what the business hears of it."""
    with _possible():
        message = _deed(action, body).do(simulator, _known(simulator, number))
    return {"id": message.id}


@post("/phone/{number:str}/plays", status_code=204)
async def play(simulator: SimulatorDependency, number: FromPath[str], data: JSONBody[Played]) -> None:
    """Listen to a voice note of the business."""
    with _possible():
        simulator.sends.play(phone_of(simulator, number), data.message_id)


@post("/phone/{number:str}/number")
async def change_number(
    simulator: SimulatorDependency, number: FromPath[str], data: JSONBody[NewNumber]
) -> dict[str, str]:
    """Move to another number, and take the thread along."""
    with _possible():
        simulator.identities.change_number(number=_known(simulator, number), new=digits(data.number))
    return {"number": digits(data.number)}


def _draft(simulator: Simulator, note: Note) -> Draft:
    drafted = text(note.text) if note.text is not None else draft(note.type, note.content, simulator.media)
    return evolve(
        drafted,
        reply_to=note.reply_to,
        context=_context(simulator, note),
        referral=SAMPLE_AD if note.referral is True else note.referral or None,
        group_id=SAMPLE_GROUP if note.group is True else note.group or None,
        age_seconds=note.age_seconds,
    )


def _context(simulator: Simulator, note: Note) -> dict[str, object]:
    """Who asks about a product replies to a message that Meta alone knows, unless it is one of the thread."""
    context: dict[str, object] = {}
    if note.forwarded:
        context["frequently_forwarded" if note.forwarded == "frequently" else "forwarded"] = True
    if note.product:
        product = SAMPLE_PRODUCT if note.product is True else note.product
        context["referred_product"] = {"catalog_id": CATALOG, "product_retailer_id": product}
        context |= {} if note.reply_to else {"from": simulator.business.phone, "id": new_wamid()}
    return context


def _deed(name: str, body: bytes) -> Action:
    if name not in ACTIONS_BY_NAME:
        raise NotFoundException(f"{name} is not one of {', '.join(ACTIONS_BY_NAME)}")
    try:
        return msgspec.json.decode(body, type=ACTIONS_BY_NAME[name])
    except msgspec.DecodeError as error:
        raise ValidationException(str(error)) from error


def _known(simulator: Simulator, number: str) -> str:
    return phone_of(simulator, number).person.number


@contextmanager
def _possible() -> Iterator[None]:
    try:
        yield
    except ImpossibleDraftError as error:
        raise ValidationException(str(error)) from error
    except UnknownMessageError as error:
        raise NotFoundException(f"there is no message {error} in this thread") from error


ACTIONS = (write, act, play, change_number)
