"""What stays of a person's names when the person is erased."""

from domain.people.alias import Alias, AliasKind
from domain.people.aliases import AliasRecord


def is_name_of(alias: Alias, record: AliasRecord, id_: str) -> bool:
    """Whether the record is about this person: it leads to them, or it is the number that their id was made of."""
    gave_it_up = alias.kind is AliasKind.PHONE and alias.value == id_ and not record.id and record.former == 1
    return record.id == id_ or gave_it_up


def record_after_erasure(alias: Alias, record: AliasRecord, *, at: float) -> AliasRecord | None:
    """What is kept of the record; None for nothing.

    Of a number that several people had, it stays how many they were. Otherwise its next holder would get the id of the
    first one, and with it their conversation. Example: Bob has the number that Ana had before. After Bob is erased, the
    next person with this number is the third one.
    """
    if not (alias.is_number and record.former and record.id):
        return None
    return AliasRecord(former=record.former + 1, since=max(at, record.since), stated_at=record.stated_at)
