"""What a person does on the phone: each action one route."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from attrs import evolve
from litestar import post
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from entrypoints.simulator.drafts import SAMPLE_AD, Draft, ImpossibleDraftError, draft, text
from entrypoints.simulator.injection import Playing
from entrypoints.simulator.phone_access import digits, phone_of
from entrypoints.simulator.phones import UnknownMessageError
from entrypoints.simulator.simulator import Simulator

LONGEST_TEXT = 4096

type Words = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]


class Note(Struct):
    """A message: a `text`, or a `type` with what belongs to it in `content`; what is left out there is made up.

    Types: text (body), image, video, voice, audio, document, sticker (media_id of an added file, caption, filename),
    location (latitude, longitude, name, address), contacts (name, phone, email, organisation), order (text, items),
    unsupported (kind, code), broken. `forwarded` is true or "frequently"; `referral` is true for a made-up ad, or one.
    """

    text: Words | None = None
    type: str = "text"
    content: dict[str, Any] = {}
    reply_to: str | None = None
    forwarded: bool | str = False
    referral: bool | dict[str, Any] = False
    age_seconds: Annotated[float, Meta(ge=0)] = 0.0


class Reaction(Struct):
    """An emoji at a bubble; an empty one takes it back."""

    message_id: str
    emoji: str


class Tap(Struct):
    """The id of a button or row at a bubble, or the payload of a template's quick reply."""

    message_id: str
    choice: str


class Form(Struct):
    """What was filled in behind a bubble."""

    message_id: str
    values: dict[str, Any]


class Edit(Struct):
    """New words for a text of one's own."""

    message_id: str
    text: Words


class Pointed(Struct):
    """One bubble."""

    message_id: str


class NewNumber(Struct):
    """Where somebody moves to."""

    number: str


class Said(Struct):
    """Words."""

    text: Words


@post("/phone/{number:str}/messages")
async def write(simulator: Playing, number: FromPath[str], data: JSONBody[Note]) -> dict[str, str]:
    """Send a message to the business."""
    with _possible():
        message = simulator.people.send(number=digits(number), draft=_draft(simulator, data))
    return {"id": message.id}


@post("/phone/{number:str}/reactions")
async def react(simulator: Playing, number: FromPath[str], data: JSONBody[Reaction]) -> dict[str, str]:
    """Put an emoji at a bubble."""
    with _possible():
        message = simulator.people.react(number=_known(simulator, number), message_id=data.message_id, emoji=data.emoji)
    return {"id": message.id}


@post("/phone/{number:str}/taps")
async def tap(simulator: Playing, number: FromPath[str], data: JSONBody[Tap]) -> dict[str, str]:
    """Tap what a bubble offers."""
    with _possible():
        message = simulator.people.tap(number=_known(simulator, number), message_id=data.message_id, choice=data.choice)
    return {"id": message.id}


@post("/phone/{number:str}/forms")
async def fill(simulator: Playing, number: FromPath[str], data: JSONBody[Form]) -> dict[str, str]:
    """Send the filled form behind a bubble."""
    with _possible():
        message = simulator.people.fill(
            number=_known(simulator, number), message_id=data.message_id, values=data.values
        )
    return {"id": message.id}


@post("/phone/{number:str}/edits")
async def edit(simulator: Playing, number: FromPath[str], data: JSONBody[Edit]) -> dict[str, str]:
    """Change a text of one's own."""
    with _possible():
        message = simulator.people.edit(number=_known(simulator, number), message_id=data.message_id, words=data.text)
    return {"id": message.id}


@post("/phone/{number:str}/revocations")
async def revoke(simulator: Playing, number: FromPath[str], data: JSONBody[Pointed]) -> dict[str, str]:
    """Delete a message of one's own for everyone."""
    with _possible():
        message = simulator.people.revoke(number=_known(simulator, number), message_id=data.message_id)
    return {"id": message.id}


@post("/phone/{number:str}/plays", status_code=204)
async def play(simulator: Playing, number: FromPath[str], data: JSONBody[Pointed]) -> None:
    """Listen to a voice note of the business."""
    with _possible():
        simulator.sends.play(phone_of(simulator, number), data.message_id)


@post("/phone/{number:str}/number")
async def change_number(simulator: Playing, number: FromPath[str], data: JSONBody[NewNumber]) -> dict[str, str]:
    """Move to another number, and take the thread along."""
    with _possible():
        simulator.people.change_number(number=_known(simulator, number), new=digits(data.number))
    return {"number": digits(data.number)}


@post("/phone/{number:str}/human")
async def answer_by_hand(simulator: Playing, number: FromPath[str], data: JSONBody[Said]) -> dict[str, str]:
    """Answer the person from the WhatsApp Business app, as somebody of the business."""
    return {"id": simulator.people.answer_by_hand(number=_known(simulator, number), words=data.text).id}


def _draft(simulator: Simulator, note: Note) -> Draft:
    drafted = text(note.text) if note.text is not None else draft(note.type, note.content, simulator.media)
    context = {}
    if note.forwarded:
        context["frequently_forwarded" if note.forwarded == "frequently" else "forwarded"] = True
    referral = SAMPLE_AD if note.referral is True else note.referral or None
    return evolve(drafted, reply_to=note.reply_to, context=context, referral=referral, age_seconds=note.age_seconds)


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


ACTIONS = (write, react, tap, fill, edit, revoke, play, change_number, answer_by_hand)
