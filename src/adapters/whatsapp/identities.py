"""People whose number or id changed, told by a system message or by the field `user_id_update`.

Shapes: Meta, "system messages webhook reference" and "business-scoped user IDs" (2026).
"""

from adapters.whatsapp.fields import Item, MalformedItemError, mapping, maybe_identifier, maybe_mapping, plain
from domain.identity import IdentityChange
from domain.messages import Unrecognised

CHANGES = frozenset({"user_changed_number", "user_changed_user_id"})
LONGEST_SAYING = 512


def read_system(fields: Item, *, channel: str) -> IdentityChange | Unrecognised:
    """The change a system message tells of: its sender is known by the old names, `system` has the new ones.

    Raises:
        MalformedItemError: when a change does not say whose, or what to.
    """
    system = maybe_mapping(fields.get("system"))
    kind = plain(system.get("type"))
    if kind not in CHANGES:
        return Unrecognised(channel=channel, kind="message:system", detail=kind[:LONGEST_SAYING])
    known = (
        system.get("previous_user_id"),
        fields.get("from_user_id"),
        fields.get("from_parent_user_id"),
        fields.get("from"),
    )
    new = (system.get("user_id"), system.get("parent_user_id"), system.get("wa_id"))
    return _change(channel, known=known, new=new, said=system.get("body"))


def read_user_id_update(item: object, *, channel: str) -> IdentityChange:
    """The change one item of `user_id_update` tells of.

    Meta leaves open whether `wa_id` is the number of before or of now: it finds the person, and stays theirs.

    Raises:
        MalformedItemError: when it does not say whose, or what to.
    """
    update = mapping(item, "user_id_update")
    ids = [maybe_mapping(update.get(key)) for key in ("user_id", "parent_user_id")]
    number = update.get("wa_id")
    known = (*(names.get("previous") for names in ids), number)
    new = (*(names.get("current") for names in ids), number)
    return _change(channel, known=known, new=new, said=update.get("detail"))


def _change(channel: str, *, known: tuple[object, ...], new: tuple[object, ...], said: object) -> IdentityChange:
    """Ids before the number: they were never anybody else's."""
    before, after = _aliases(known), _aliases(new)
    if not before or not after:
        raise MalformedItemError("a change of identity without the names it is about")
    return IdentityChange(channel=channel, known=before, new=after, said=plain(said)[:LONGEST_SAYING])


def _aliases(names: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(maybe_identifier, names))))
