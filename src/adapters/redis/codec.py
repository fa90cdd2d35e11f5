"""The store's records as JSON. Unknown fields are ignored, so one can go back to an earlier version."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from cattrs.errors import BaseValidationError
from cattrs.fns import identity
from cattrs.gen import make_dict_unstructure_fn
from cattrs.preconf.msgspec import make_converter
from cattrs.strategies import configure_tagged_union

from application.ports.message_log import Remembered
from application.ports.turns import UnreadableTurnError
from domain.conversations.activity import Activity
from domain.conversations.agent_notes import AgentNote
from domain.conversations.proposals import Proposal
from domain.conversations.reply import Reply
from domain.conversations.transcript import Happening
from domain.conversations.turn import Turn
from domain.messages.inbound import Content, InboundMessage
from domain.messages.outbound import Part
from domain.messages.rich_text import RichText, Span, Style
from domain.messages.shared_values import Choice
from domain.people.person import Conversation, Person

# What decoding raises when a record is damaged, or was written by a later version.
DECODE_ERRORS = (BaseValidationError, ValueError, LookupError, TypeError, RecursionError)

type StoredText = str | dict[str, object]


def _dump_text(rich: RichText) -> StoredText:
    """A text as a string, or with its spans as an object. Most texts have none, and every record holds some."""
    spans = [[span.start, span.end, span.style.value, *([span.address] if span.address else [])] for span in rich.spans]
    return {"text": rich.text, "spans": spans} if spans else rich.text


def _load_text(stored: Any, _: type) -> RichText:
    """A stored text, without the spans of a style that only a later version knows."""
    if isinstance(stored, str):
        return RichText(stored)
    spans = (
        Span(int(start), int(end), Style(style), *map(str, more))
        for start, end, style, *more in stored["spans"]
        if style in Style
    )
    return RichText(str(stored["text"]), tuple(spans))


_converter = make_converter()
# Before the unions: they keep the hooks that they find.
_converter.register_unstructure_hook(RichText, _dump_text)
_converter.register_structure_hook(RichText, _load_text)
# All its fields are JSON values.
_converter.register_structure_hook(Person, msgspec.convert)
for plain in (str | None, int | None, bool | None):  # JSON has them as they are: no call is needed
    _converter.register_unstructure_hook(plain, identity)
configure_tagged_union(Content.__value__, _converter, tag_name="type")
configure_tagged_union(Part.__value__, _converter, tag_name="type")
configure_tagged_union(Happening.__value__, _converter, tag_name="type")
_converter.register_unstructure_hook(Conversation, str)
_converter.register_structure_hook(Conversation, lambda text, _: Conversation.parse(text))
# Most of what there could be in them is not there.
for _sparse in (Person, InboundMessage, Reply):
    _converter.register_unstructure_hook(
        _sparse, make_dict_unstructure_fn(_sparse, _converter, _cattrs_omit_if_default=True)
    )


# Every message and every answer goes through these, so they are looked up once.
_message_fields = _converter.get_unstructure_hook(InboundMessage)
_message_of = _converter.get_structure_hook(InboundMessage)
_reply_fields = _converter.get_unstructure_hook(Reply)
_happening_fields = _converter.get_unstructure_hook(Happening.__value__)


def dump_message(message: InboundMessage) -> bytes:
    return msgspec.json.encode(_message_fields(message))


def load_message(text: str) -> InboundMessage:
    return _converter.loads(text.encode(), InboundMessage)


def dump_happening(what: Happening) -> bytes:
    return msgspec.json.encode(_happening_fields(what))


def load_happening(text: str) -> Happening:
    found: Happening = _converter.loads(text.encode(), Happening.__value__)
    return found


def load_messages(text: str) -> tuple[InboundMessage, ...]:
    """The messages of a turn's hash: each as the scripts keep it, beside its arrival and how long it waits for more."""
    return tuple([_message_of(fields["message"], InboundMessage) for fields in msgspec.json.decode(text)])


def dump_reply(reply: Reply) -> bytes:
    return msgspec.json.encode(_reply_fields(reply))


def load_reply(text: str) -> Reply:
    return _converter.loads(text.encode(), Reply)


def dump_record(record: Mapping[str, object]) -> bytes:
    """An argument of a script that has fields: JSON."""
    return msgspec.json.encode(record)


def load_notes(text: str) -> tuple[AgentNote, ...]:
    return _converter.loads(text.encode(), tuple[AgentNote, ...])


def dump_remembered(message: Remembered) -> bytes:
    """What is not known is left out: there are many of these."""
    fields = {"text": message.text, "by_us": message.by_us, "at": message.at, "trace": message.trace}
    fields["conversation"] = str(message.conversation) if message.conversation else None
    return msgspec.json.encode({name: value for name, value in fields.items() if value})


def load_remembered(text: str, *, channel: str, message_id: str) -> Remembered:
    fields = msgspec.json.decode(text.encode(), type=dict[str, object])
    return _converter.structure({**fields, "channel": channel, "message_id": message_id}, Remembered)


def dump_choices(choices: tuple[Choice, ...]) -> str:
    return _converter.dumps(choices).decode()


def load_choices(text: str) -> tuple[Choice, ...]:
    return _converter.loads(text.encode(), tuple[Choice, ...])


def dump_person(person: Person) -> str:
    return _converter.dumps(person).decode()


def load_person(text: str) -> Person:
    return _converter.loads(text.encode(), Person)


def dump_proposal(proposal: Proposal) -> bytes:
    return _converter.dumps(proposal)


def load_proposal(text: str) -> Proposal:
    return _converter.loads(text.encode(), Proposal)


def dump_activity(activity: Activity) -> bytes:
    return msgspec.json.encode(activity)


def load_activity(text: str) -> Activity:
    return _converter.loads(text.encode(), Activity)


TURN_READERS: Mapping[str, Callable[[str], object]] = {
    "id": str,
    "messages": load_messages,
    "reply": load_reply,
    "attempts": int,
    "retries": int,
    "confirmation_waits": int,
    "unconfirmed_attempts": int,
    "error": str,
    "to": load_person,
    "agent": str,
    "trace": str,
}


def load_turn(fields: Mapping[str, str], *, conversation: str, deliveries: int) -> Turn:
    """A turn from its hash in the store.

    Raises:
        UnreadableTurnError: the hash is damaged, or a later version wrote it.
    """
    try:
        sent = [name for name in fields if name.startswith("sent:")]
        known: dict[str, Any] = {name: TURN_READERS[name](fields[name]) for name in fields if name in TURN_READERS}
        return Turn(
            conversation=Conversation.parse(conversation),
            sent=tuple([fields[f"sent:{part}"] for part in range(len(sent))]),
            deliveries=deliveries,
            **known,
        )
    except DECODE_ERRORS as error:
        raise UnreadableTurnError(f"the stored turn cannot be read ({type(error).__name__})") from error


def dump_new_turn(turn: Turn) -> bytes:
    """A turn that has not begun, as the scripts restore it."""
    messages = [{"message": _message_fields(message)} for message in turn.messages]
    fields = {"id": turn.id, "messages": msgspec.json.encode(messages).decode()}
    if turn.reply is not None:
        fields["reply"] = dump_reply(turn.reply).decode()
    if turn.to is not None:
        fields["to"] = dump_person(turn.to)
    if turn.trace:
        fields["trace"] = turn.trace
    return dump_turn_fields(fields)


def dump_turn_fields(fields: Mapping[str, str]) -> bytes:
    """A turn's hash as a JSON object, as the scripts restore it."""
    return msgspec.json.encode(fields)


def load_turn_fields(text: str) -> dict[str, str]:
    """A turn's hash, from the JSON object that a dead letter holds.

    Raises:
        UnreadableTurnError: the text is no such object.
    """
    try:
        return msgspec.json.decode(text.encode(), type=dict[str, str])
    except DECODE_ERRORS as error:
        raise UnreadableTurnError(f"the stored turn cannot be read ({type(error).__name__})") from error
