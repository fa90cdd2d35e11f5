"""People whose number or id changed, told by a system message or by the field `user_id_update`.

Shapes: Meta, "system messages webhook reference" and "business-scoped user IDs" (2026).
"""

from adapters.whatsapp.webhook.fields import (
    Item,
    MalformedItemError,
    mapping,
    maybe_identifier,
    maybe_mapping,
    plain,
    timestamp,
)
from adapters.whatsapp.webhook.people import maybe_phone
from domain.messages.inbound import Unrecognised
from domain.people.aliases import IdentityChange

CHANGES = frozenset({"user_changed_number", "user_changed_user_id"})
MAX_SAYING = 512


def read_system(fields: Item, *, channel: str) -> IdentityChange | Unrecognised:
    """The change a system message tells of: its sender is known by the old names, `system` has the new ones.

    Raises:
        MalformedItemError: when a change does not say whose, what to, or when.
    """
    system = maybe_mapping(fields.get("system"))
    kind = plain(system.get("type"))
    if kind not in CHANGES:
        return Unrecognised(channel=channel, kind="message:system", detail=kind[:MAX_SAYING])
    ids = (system.get("previous_user_id"), fields.get("from_user_id"))
    user_id = system.get("user_id")
    parent_id = system.get("parent_user_id") if maybe_identifier(user_id) else None
    return _change(
        channel,
        known=(*_names_of_one(ids, parent=fields.get("from_parent_user_id")), fields.get("from")),
        new=(user_id, parent_id, system.get("wa_id")),
        at=fields.get("timestamp"),
        said=system.get("body"),
    )


def read_user_id_update(item: object, *, channel: str) -> IdentityChange:
    """The change one item of `user_id_update` tells of.

    Meta leaves open whether `wa_id` is the number of before or of now, so it says nothing.

    Raises:
        MalformedItemError: when it does not say whose, what to, or when.
    """
    update = mapping(item, "user_id_update")
    user, parent = (maybe_mapping(update.get(key)) for key in ("user_id", "parent_user_id"))
    return _change(
        channel,
        known=_names_of_one((user.get("previous"),), parent=parent.get("previous")),
        new=(user.get("current"), parent.get("current")),
        at=update.get("timestamp"),
        said=update.get("detail"),
    )


def _names_of_one(ids: tuple[object, ...], *, parent: object) -> tuple[object, ...]:
    """What tells one person from all others: a parent id only where there is nothing else, it may be shared."""
    return ids if any(map(maybe_identifier, ids)) else (parent,)


def _change(
    channel: str, *, known: tuple[object, ...], new: tuple[object, ...], at: object, said: object
) -> IdentityChange:
    """Ids before the number: they were never anybody else's."""
    before, after = _aliases(known), _aliases(new)
    if not before or not after:
        raise MalformedItemError("a change of identity without the names it is about")
    return IdentityChange(channel=channel, known=before, new=after, at=timestamp(at), said=plain(said)[:MAX_SAYING])


def _aliases(names: tuple[object, ...]) -> tuple[str, ...]:
    """Each name once, and every writing of a phone number as its digits."""
    found = (maybe_phone(name) or maybe_identifier(name) for name in names)
    return tuple(dict.fromkeys(filter(None, found)))
