"""Who a message is from, or to.

Shapes: Meta, "business-scoped user IDs" (May 2026).
"""

from collections.abc import Mapping
from typing import Self

from attrs import frozen

from adapters.whatsapp.webhook.fields import Item, MalformedItemError, maybe_identifier, maybe_mapping, maybe_text
from domain.people.person import Person, phone_number

MAX_NAME_LENGTH = 256


def maybe_phone(value: object) -> str | None:
    """The digits of a phone number, however it is written: with a plus sign, spaces, dashes or brackets.

    None when `value` is something else, a user id for instance.
    """
    found = maybe_identifier(value)
    return phone_number(found) if found else None


def _line(value: object) -> str | None:
    """A name in one line, whatever its owner made of it."""
    return " ".join((maybe_text(value) or "").split())[:MAX_NAME_LENGTH] or None


@frozen
class Contacts:
    """Who a webhook may be about. Its lists differ in order and length: they meet by name."""

    _by_name: Mapping[tuple[str, str], Item]

    @classmethod
    def of(cls, items: object) -> Self:
        """The contacts in a list, whatever else it holds; of two with the same name the first counts."""
        by_name: dict[tuple[str, str], Item] = {}
        for contact in map(maybe_mapping, items if isinstance(items, list) else ()):
            names = {"wa_id": maybe_phone(contact.get("wa_id")), "user_id": maybe_text(contact.get("user_id"))}
            for key, name in names.items():
                if name:
                    by_name.setdefault((key, name), contact)
        return cls(by_name)

    def person(self, fields: Item, *, side: str) -> Person:
        """Who is on the `side` "from" or "to" of a message; somebody who hides the phone number has only ids.

        Raises:
            MalformedItemError: when nobody can be made out.
        """
        phone = maybe_phone(fields.get(side))
        user_id = maybe_identifier(fields.get(f"{side}_user_id"))
        if phone is None and user_id is None:
            raise MalformedItemError(f"{side} is no phone number, and {side}_user_id is missing")
        contact = self._named(phone=phone, user_id=user_id)
        profile = maybe_mapping(contact.get("profile"))
        return Person(
            phone=phone,
            user_id=user_id or maybe_identifier(contact.get("user_id")),
            parent_id=maybe_identifier(fields.get(f"{side}_parent_user_id"))
            or maybe_identifier(contact.get("parent_user_id")),
            name=_line(profile.get("name")) or _line(profile.get("username")),
        )

    def _named(self, *, phone: str | None, user_id: str | None) -> Item:
        names = (("wa_id", phone), ("user_id", user_id))
        return next((self._by_name[key, name] for key, name in names if name and (key, name) in self._by_name), {})
