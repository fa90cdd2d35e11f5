"""Changes of a person's number or id, in a system message or in the field `user_id_update`.

Shapes: Meta, "system messages webhook reference" and "business-scoped user IDs" (2026).
"""

from adapters.channel_kit.details import unrecognised
from adapters.channel_kit.json_fields import (
    JsonObject,
    MalformedItemError,
    json_object,
    maybe_identifier,
    maybe_object,
    maybe_phone,
    maybe_text,
    timestamp,
)
from domain.messages.inbound import Unrecognised
from domain.people.aliases import IdentityChange

CHANGES = frozenset({"user_changed_number", "user_changed_user_id"})
MAX_DESCRIPTION = 512


def read_system(fields: JsonObject, *, channel: str) -> IdentityChange | Unrecognised:
    """The change in a system message: the sender has the old names, `system` has the new ones.

    Raises:
        MalformedItemError: the message does not say who changed, what to, or when.
    """
    system = maybe_object(fields.get("system"))
    change = maybe_text(system.get("type"))
    if change not in CHANGES:
        return unrecognised(channel, "message", "system", change)
    old_ids = (system.get("previous_user_id"), fields.get("from_user_id"))
    user_id = system.get("user_id")
    parent_id = system.get("parent_user_id") if maybe_identifier(user_id) else None
    return _change(
        channel,
        known=(*_identifying(old_ids, parent=fields.get("from_parent_user_id")), fields.get("from")),
        new=(user_id, parent_id, system.get("wa_id")),
        at=fields.get("timestamp"),
        description=system.get("body"),
    )


def read_user_id_update(item: object, *, channel: str) -> IdentityChange:
    """The change in one item of `user_id_update`.

    `wa_id` is ignored: Meta does not document whether it is the old number or the new one.

    Raises:
        MalformedItemError: the item does not say who changed, what to, or when.
    """
    update = json_object(item, "user_id_update")
    user, parent = (maybe_object(update.get(key)) for key in ("user_id", "parent_user_id"))
    return _change(
        channel,
        known=_identifying((user.get("previous"),), parent=parent.get("previous")),
        new=(user.get("current"), parent.get("current")),
        at=update.get("timestamp"),
        description=update.get("detail"),
    )


def _identifying(ids: tuple[object, ...], *, parent: object) -> tuple[object, ...]:
    """The ids that belong to one person. Several people may share a parent id, so it counts only where it is alone."""
    return ids if any(map(maybe_identifier, ids)) else (parent,)


def _change(
    channel: str, *, known: tuple[object, ...], new: tuple[object, ...], at: object, description: object
) -> IdentityChange:
    """The change from the `known` names to the `new` ones. In both, ids come first: an id never gets a new owner."""
    before, after = _aliases(known), _aliases(new)
    if not before or not after:
        raise MalformedItemError("the names before or after a change of identity are missing")
    return IdentityChange(
        channel=channel,
        known=before,
        new=after,
        at=timestamp(at),
        description=maybe_text(description)[:MAX_DESCRIPTION],
    )


def _aliases(names: tuple[object, ...]) -> tuple[str, ...]:
    """Each name once, a phone number as its digits."""
    aliases = (maybe_phone(name) or maybe_identifier(name) for name in names)
    return tuple(dict.fromkeys(filter(None, aliases)))
