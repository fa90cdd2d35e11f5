"""One item of `messages`: who sent it, and what it says.

Shapes: Meta, "messages webhook reference" and "business-scoped user IDs" (2026).
"""

from collections.abc import Callable, Mapping
from typing import Self

from attrs import frozen

from adapters.whatsapp.fields import (
    MalformedItemError,
    identifier,
    mapping,
    maybe_identifier,
    maybe_mapping,
    maybe_text,
    text,
    timestamp,
)
from domain.conversations import Conversation, Person
from domain.messages import Content, InboundMessage, Text, Unrecognised, Unsupported

type Item = Mapping[str, object]

# Things that happen to a conversation without anybody asking something.
NOTHING_TO_ANSWER = frozenset({"edit", "reaction", "revoke", "system"})


@frozen
class Contacts:
    """Who may have sent the messages of a webhook. The two lists differ in order and length: they meet by name."""

    _by_name: Mapping[tuple[str, str], Item]

    @classmethod
    def of(cls, items: object) -> Self:
        """The contacts in a list, whatever else it holds; of two with the same name the first counts."""
        by_name: dict[tuple[str, str], Item] = {}
        for contact in map(maybe_mapping, items if isinstance(items, list) else ()):
            for key in ("wa_id", "user_id"):
                if name := maybe_text(contact.get(key)):
                    by_name.setdefault((key, name), contact)
        return cls(by_name)

    def named(self, *, phone: str | None, user_id: str | None) -> Item:
        """The contact with this phone number or user id; empty when there is none."""
        names = (("wa_id", phone), ("user_id", user_id))
        return next((self._by_name[key, name] for key, name in names if name and (key, name) in self._by_name), {})


def read_message(item: object, *, channel: str, contacts: Contacts, arrived_at: float) -> InboundMessage | Unrecognised:
    """The message `item` is, or why there is nothing to answer in it.

    Raises:
        MalformedItemError: when it is not as Meta describes it.
    """
    fields = mapping(item, "message")
    kind = identifier(fields.get("type"), "type")
    wamid = identifier(fields.get("id"), "id")
    if fields.get("group_id"):
        return Unrecognised(channel=channel, kind="message:group", detail=f"{wamid} was sent to a group")
    if kind in NOTHING_TO_ANSWER:
        return Unrecognised(channel=channel, kind=f"message:{kind}", detail=wamid)
    person = _person(fields, contacts)
    return InboundMessage(
        id=wamid,
        conversation=Conversation(channel=channel, user=person.key),
        person=person,
        content=_content(kind, fields),
        sent_at=timestamp(fields.get("timestamp")),
        arrived_at=arrived_at,
    )


def _person(fields: Item, contacts: Contacts) -> Person:
    """Who sent it; somebody who hides the phone number has no `from`."""
    phone = maybe_identifier(fields.get("from"), "from")
    user_id = maybe_identifier(fields.get("from_user_id"), "from_user_id")
    if phone is None and user_id is None:
        raise MalformedItemError("from and from_user_id are missing")
    if phone is not None and not (phone.isascii() and phone.isdigit()):
        raise MalformedItemError("from is not a phone number")
    contact = contacts.named(phone=phone, user_id=user_id)
    return Person(
        phone=phone,
        user_id=user_id or maybe_text(contact.get("user_id")),
        name=maybe_text(maybe_mapping(contact.get("profile")).get("name")),
    )


def _content(kind: str, fields: Item) -> Content:
    read = CONTENT.get(kind)
    words = read(fields) if read else None
    return Unsupported(kind=kind, detail=_detail(fields, kind)) if words is None else Text(body=words)


def _text(fields: Item) -> str:
    return text(mapping(fields.get("text"), "text").get("body"), "text.body")


def _button(fields: Item) -> str | None:
    """What is written on the quick reply of a template that was tapped."""
    return maybe_text(maybe_mapping(fields.get("button")).get("text"))


def _interactive(fields: Item) -> str | None:
    """What is written on the button or the row of a list that was tapped."""
    interactive = maybe_mapping(fields.get("interactive"))
    taps = (maybe_mapping(interactive.get(name)) for name in ("button_reply", "list_reply"))
    return next((title for tap in taps if (title := maybe_text(tap.get("title")))), None)


def _detail(fields: Item, kind: str) -> str:
    """The finer kind, where Meta gives one: "poll_creation" of an unsupported message, "nfm_reply" of a flow."""
    return (maybe_text(maybe_mapping(fields.get(kind)).get("type")) or "")[:64]


CONTENT: Mapping[str, Callable[[Item], str | None]] = {"text": _text, "button": _button, "interactive": _interactive}
