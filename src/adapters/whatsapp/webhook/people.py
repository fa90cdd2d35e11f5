"""The sender or the recipient of a message.

Shapes: Meta, "business-scoped user IDs" (May 2026).
"""

from collections.abc import Mapping
from typing import Self

from attrs import frozen

from adapters.channel_kit.json_fields import (
    JsonObject,
    MalformedItemError,
    display_name,
    maybe_identifier,
    maybe_object,
    maybe_objects,
    maybe_phone,
    maybe_text,
)
from domain.people.person import Person


def username_of(value: object) -> str:
    """A username without "@": Meta's documents have it, and Meta's bodies do not."""
    return (display_name(value) or "").removeprefix("@")


@frozen
class Contacts:
    """The contacts of one webhook, found by name: their order and number differ from those of the messages."""

    _by_name: Mapping[tuple[str, str], JsonObject]

    @classmethod
    def of(cls, items: object) -> Self:
        """The contacts in a list. Of two with the same name, the first counts."""
        by_name: dict[tuple[str, str], JsonObject] = {}
        for contact in maybe_objects(items):
            names = {"wa_id": maybe_phone(contact.get("wa_id")), "user_id": maybe_text(contact.get("user_id"))}
            for key, name in names.items():
                if name:
                    by_name.setdefault((key, name), contact)
        return cls(by_name)

    def person(self, fields: JsonObject, *, side: str) -> Person:
        """The person on the `side` "from" or "to" of a message. A person who hides the phone number has ids only.

        Raises:
            MalformedItemError: there is neither a phone number nor a user id.
        """
        phone = maybe_phone(fields.get(side))
        user_id = maybe_identifier(fields.get(f"{side}_user_id"))
        if phone is None and user_id is None:
            raise MalformedItemError(f"{side} is not a phone number, and {side}_user_id is missing")
        contact = self._find(phone=phone, user_id=user_id)
        profile = maybe_object(contact.get("profile"))
        return Person(
            phone=phone,
            user_id=user_id or maybe_identifier(contact.get("user_id")),
            parent_id=maybe_identifier(fields.get(f"{side}_parent_user_id"))
            or maybe_identifier(contact.get("parent_user_id")),
            name=display_name(profile.get("name")) or display_name(profile.get("username")),
        )

    def username(self, fields: JsonObject) -> str:
        """The username of the sender, without "@"; empty when they have none."""
        phone, user_id = maybe_phone(fields.get("from")), maybe_identifier(fields.get("from_user_id"))
        profile = maybe_object(self._find(phone=phone, user_id=user_id).get("profile"))
        return username_of(profile.get("username"))

    def _find(self, *, phone: str | None, user_id: str | None) -> JsonObject:
        names = (("wa_id", phone), ("user_id", user_id))
        return next((self._by_name[key, name] for key, name in names if name and (key, name) in self._by_name), {})
