"""How what is kept is written down: JSON that a later version can still read."""

from collections.abc import Mapping
from typing import Any

import msgspec
from cattrs.errors import BaseValidationError
from cattrs.preconf.msgspec import make_converter
from cattrs.strategies import configure_tagged_union

from application.ports.leases import Claim
from application.ports.turns import UnreadableTurnError
from domain.conversations.activity import Activity
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.messages.inbound import Content, InboundMessage
from domain.messages.parts import Part, TextPart
from domain.messages.shared_values import Choice
from domain.people.person import Conversation, Person

# What reading ends in when the text is not of this version's making.
DECODE_ERRORS = (BaseValidationError, ValueError, LookupError, TypeError, RecursionError)

_converter = make_converter()
configure_tagged_union(Content.__value__, _converter, tag_name="type")
configure_tagged_union(Part.__value__, _converter, tag_name="type")
_load_tagged_part = _converter.get_structure_hook(Part.__value__)


def _load_part(fields: Any, _: object) -> Part:
    """Parts were texts once, and had no tag; one with a tag that we do not know is none of ours."""
    part: Part = _load_tagged_part({"type": TextPart.__name__, **fields}, Part.__value__)
    return part


_converter.register_structure_hook(Part.__value__, _load_part)
_converter.register_unstructure_hook(Conversation, str)
_converter.register_structure_hook(Conversation, lambda text, _: Conversation.parse(text))


def dump_message(message: InboundMessage) -> bytes:
    return _converter.dumps(message)


def load_messages(text: str) -> tuple[InboundMessage, ...]:
    return _converter.loads(text.encode(), tuple[InboundMessage, ...])


def dump_reply(reply: Reply) -> bytes:
    return _converter.dumps(reply)


def load_reply(text: str) -> Reply:
    return _converter.loads(text.encode(), Reply)


def load_texts(text: str) -> tuple[str, ...]:
    return msgspec.json.decode(text.encode(), type=tuple[str, ...])


def dump_choices(choices: tuple[Choice, ...]) -> bytes:
    return _converter.dumps(choices)


def load_choices(text: str) -> tuple[Choice, ...]:
    return _converter.loads(text.encode(), tuple[Choice, ...])


def dump_person(person: Person) -> bytes:
    return _converter.dumps(person)


def load_person(text: str) -> Person:
    return _converter.loads(text.encode(), Person)


def dump_activity(activity: Activity) -> bytes:
    return _converter.dumps(activity)


def load_activity(text: str) -> Activity:
    return _converter.loads(text.encode(), Activity)


def load_turn(fields: Mapping[str, str], *, conversation: str, deliveries: int) -> Turn:
    """A turn from its hash in the store; what a later version added to it is left out.

    Raises:
        UnreadableTurnError: when the rest does not make a turn.
    """
    try:
        return _turn(fields, conversation=conversation, deliveries=deliveries)
    except DECODE_ERRORS as error:
        raise UnreadableTurnError(f"the stored turn cannot be read ({type(error).__name__})") from error


def _turn(fields: Mapping[str, str], *, conversation: str, deliveries: int) -> Turn:
    sent = [name for name in fields if name.startswith("sent:")]
    return Turn(
        id=fields["id"],
        conversation=Conversation.parse(conversation),
        messages=load_messages(fields["messages"]),
        reply=load_reply(fields["reply"]) if "reply" in fields else None,
        sent=tuple(fields[f"sent:{part}"] for part in range(len(sent))),
        attempts=int(fields.get("attempts", 0)),
        retries=int(fields.get("retries", 0)),
        deliveries=deliveries,
        confirmation_waits=int(fields.get("confirmation_waits", 0)),
        unconfirmed_attempts=int(fields.get("unconfirmed_attempts", 0)),
        error=fields.get("error", ""),
        to=load_person(fields["to"]) if "to" in fields else None,
    )


def dump_new_turn(turn: Turn) -> bytes:
    """A turn nobody has begun, as the scripts restore it."""
    fields = {"id": turn.id, "messages": _converter.dumps(turn.messages).decode()}
    if turn.reply is not None:
        fields["reply"] = dump_reply(turn.reply).decode()
    if turn.to is not None:
        fields["to"] = dump_person(turn.to).decode()
    return dump_turn_fields(fields)


def dump_turn_fields(fields: Mapping[str, str]) -> bytes:
    """A turn's hash as the scripts restore it: names and values in one list."""
    return msgspec.json.encode([text for pair in fields.items() for text in pair])


def load_turn_fields(text: str) -> dict[str, str]:
    """A turn's hash, from the list of names and values that the scripts keep of a dead letter.

    Raises:
        UnreadableTurnError: when the text is no such list.
    """
    try:
        flat = msgspec.json.decode(text.encode(), type=list[str])
        return dict(zip(flat[::2], flat[1::2], strict=True))
    except DECODE_ERRORS as error:
        raise UnreadableTurnError(f"the stored turn cannot be read ({type(error).__name__})") from error


def claim_arguments(claim: Claim) -> list[str | int]:
    return [claim.conversation, claim.token, claim.worker, claim.delivery]
