"""Changes of a person's number or id, in a system message or in the field `user_id_update`.

Shapes: Meta, "system messages webhook reference" and "business-scoped user IDs" (2026).
"""

from collections.abc import Sequence

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
from domain.people.alias import Alias, AliasKind
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
        known=(*_identifying(*old_ids, parent=fields.get("from_parent_user_id")), _phone(fields.get("from"))),
        new=(_user(user_id), _parent(parent_id), _phone(system.get("wa_id"))),
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
        known=_identifying(user.get("previous"), parent=parent.get("previous")),
        new=(_user(user.get("current")), _parent(parent.get("current"))),
        at=update.get("timestamp"),
        description=update.get("detail"),
    )


def _identifying(*ids: object, parent: object) -> Sequence[Alias | None]:
    """The ids that belong to one person. Several people may share a parent id, so it counts only where it is alone."""
    return [_user(id_) for id_ in ids] if any(map(maybe_identifier, ids)) else [_parent(parent)]


def _change(
    channel: str, *, known: Sequence[Alias | None], new: Sequence[Alias | None], at: object, description: object
) -> IdentityChange:
    """The change from the `known` names to the `new` ones. In both, ids come first: an id never gets a new owner."""
    before, after = (tuple(dict.fromkeys(filter(None, names))) for names in (known, new))
    if not before or not after:
        raise MalformedItemError("the names before or after a change of identity are missing")
    return IdentityChange(
        channel=channel,
        known=before,
        new=after,
        at=timestamp(at),
        description=maybe_text(description)[:MAX_DESCRIPTION],
    )


def _user(value: object) -> Alias | None:
    return _alias(AliasKind.USER_ID, maybe_identifier(value))


def _parent(value: object) -> Alias | None:
    return _alias(AliasKind.PARENT_ID, maybe_identifier(value))


def _phone(value: object) -> Alias | None:
    return _alias(AliasKind.PHONE, maybe_phone(value))


def _alias(kind: AliasKind, value: str | None) -> Alias | None:
    return Alias(kind, value) if value else None
