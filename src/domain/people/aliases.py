"""Identity: which person an alias leads to, when people change their number or the channel changes their user id.

Channels report changes late, twice and out of order. So every fact carries its time. The rule: an older fact never
undoes a newer one, and a repeated fact changes nothing.

Example: Ana has the user id U1 and writes from number 1. At 11:00 the channel says that she moved to number 2. A
message of U1 and number 1 that was sent at 10:30 and arrives at 12:00 is still hers, and number 1 does not lead to her
again. A message of U2 and number 1 that was sent at 11:30 is from the next holder of number 1.
"""

from collections.abc import Mapping

from attrs import evolve, field, frozen
from attrs.validators import min_len

from domain.people.alias import Alias, AliasKind
from domain.people.person import Person, id_of

# Several people may have such a name.
SHARED = frozenset({AliasKind.PARENT_ID, AliasKind.CHAT_ID})


@frozen(kw_only=True)
class IdentityChange:
    """The channel says that the person known by any of `known` is known by `new` since `at`.

    Both hold the most certain names first. A number that is only in `known` was given up. A number that is in both
    stays. `at`: unix seconds. `description` is the channel's own text.
    """

    channel: str
    known: tuple[Alias, ...] = field(validator=min_len(1))
    new: tuple[Alias, ...] = field(validator=min_len(1))
    at: float
    description: str = ""


@frozen(kw_only=True)
class Observation:
    """A person wrote, or was written to, under these names. `at`: unix seconds."""

    person: Person
    at: float


@frozen(kw_only=True)
class AliasRecord:
    """Which person an alias leads to: `id`, or nobody.

    A phone number without a record leads to the person whose id is that number, so most people need no record of it.
    This does not hold for a shared number, on a channel that makes ids of other names.
    Numbers change hands, so their records say more. `former`: how many people had the number before. `since`: when it
    was first seen with its holder, or when it came to lead to nobody. `stated_at`: the time of the channel's latest
    statement on it. `user_id`: the user id that its holder was seen with. Times are unix seconds.
    """

    id: str = ""
    former: int = 0
    since: float = 0.0
    stated_at: float = 0.0
    user_id: str = ""

    def leads_to(self, alias: Alias) -> str:
        return self.id or (alias.value if alias.kind is AliasKind.PHONE and not self.former else "")


type AliasRecords = Mapping[Alias, AliasRecord]
"""The record of each alias in question."""


def resolve(seen: Observation, records: AliasRecords) -> tuple[str, dict[Alias, AliasRecord]]:
    """The id of the observed person, and the records that are new or changed, to be stored in their order."""
    id_ = _known_id(seen, records) or _new_id(seen, records)
    entries: dict[Alias, AliasRecord] = {}
    if (number := seen.person.number) and (entry := _number_entry(seen, number, id_, records[number])):
        entries[number] = entry
    for alias in seen.person.aliases:
        if not alias.is_number and (entry := _entry(seen, alias, id_, records[alias])):
            entries[alias] = entry
    return id_, entries


def _entry(seen: Observation, alias: Alias, id_: str, record: AliasRecord) -> AliasRecord | None:
    """The new record of a name that is no number; None when it stays as it is.

    A user id leads to its person. A username leads to who was seen with it last. Any other name leads to the first.
    """
    if record.id == id_ or (record.id and alias.kind in SHARED):
        return None
    if alias.kind is not AliasKind.USERNAME:
        return evolve(record, id=id_)
    return None if seen.at < record.since else AliasRecord(id=id_, since=seen.at)


@frozen(kw_only=True)
class UsualRecord:
    """The record that an alias has while its person's names never change.

    `id`: the person that it leads to. `user_id`: the user id that a number was seen with. An empty one stands for any.
    `new` is stored when the person is new. A number alone needs no record, so it `may_be_missing`.
    """

    alias: Alias
    id: str
    user_id: str = ""
    may_be_missing: bool = False
    new: AliasRecord | None = None


def usual_records(person: Person, *, at: float) -> tuple[str, tuple[UsualRecord, ...]]:
    """The id that a person who wrote at this time usually has, and what then is known of each of their aliases.

    When no alias has a record, `resolve` finds this id and stores each `new`. When every record says what is usual,
    `resolve` finds this id and stores nothing. Most messages come from such people, and a store can check this without
    knowing the other rules.
    """
    aliases = person.aliases
    if len(aliases) == 1 and aliases[0].kind is AliasKind.PHONE:
        id_ = id_of(aliases[0].value)
        return id_, (UsualRecord(alias=aliases[0], id=id_, may_be_missing=True),)
    user_id = person.user_id or ""
    id_, new = resolve(Observation(person=person, at=at), dict.fromkeys(aliases, AliasRecord()))
    return id_, tuple(
        UsualRecord(
            alias=alias,
            id="" if alias.kind in SHARED else id_,
            user_id=user_id if alias.is_number else "",
            may_be_missing=alias.is_number and not user_id,
            new=new.get(alias),
        )
        for alias in aliases
    )


def _known_id(seen: Observation, records: AliasRecords) -> str:
    """The id that the user id leads to; without one, or while it is new to us, the id that the number leads to.

    A parent id proves nothing beside them: several people may share it.
    """
    person = seen.person
    user = records[Alias(AliasKind.USER_ID, person.user_id)].id if person.user_id else ""
    if not person.number:
        return user if person.user_id else records[person.main_alias].id
    number = records[person.number]
    holder = number.leads_to(person.number)
    if not person.user_id:
        return holder
    if user:
        # We saw this user id with a new number before the channel said whose number it is. Then the number decides.
        decides = number.user_id == person.user_id and number.stated_at >= number.since
        return (holder if decides else "") or user
    fits = number.user_id in ("", person.user_id) and seen.at >= number.since
    return holder if fits else ""


def _new_id(seen: Observation, records: AliasRecords) -> str:
    """The id of a new person: the number, unless somebody else had it before, or has it by now."""
    person, name = seen.person, seen.person.main_alias
    if name.kind is AliasKind.PHONE and person.user_id and seen.at <= records[name].since:
        name = Alias(AliasKind.USER_ID, person.user_id)
    former = _former(records[name], name) if name.is_number else records[name].former
    return id_of(name.written, owner=former + 1)


def _number_entry(seen: Observation, phone: Alias, id_: str, number: AliasRecord) -> AliasRecord | None:
    """The new record of the number that `id_` was seen with; None when it stays as it is."""
    user_id = seen.person.user_id or ""
    if number.leads_to(phone) == id_:
        if not user_id or number.user_id == user_id or seen.at < number.since:
            return None
        return evolve(number, id=id_, user_id=user_id, since=number.since or seen.at)
    if user_id and number != AliasRecord() and seen.at <= number.since and number.user_id != user_id:
        return None  # sent before the number came to its present holder, or before it was given up
    return evolve(
        number,
        id=id_,
        former=_former(number, phone),
        since=max(seen.at, number.since),
        user_id=user_id,
    )


def _former(number: AliasRecord, phone: Alias) -> int:
    """How many people had the number before its next holder."""
    return number.former + bool(number.leads_to(phone))


def apply_change(change: IdentityChange, records: AliasRecords) -> dict[Alias, AliasRecord]:
    """The records that are new or changed, to be stored in their order: those that find the person go last.

    There are none when the person is not known, or when newer facts are known.
    """
    id_ = _whose(change, records)
    if not id_:
        return {}
    gained = {alias: _gained(alias, id_, change, records[alias]) for alias in change.new if alias not in change.known}
    kept = {alias: evolve(records[alias], id=id_) for alias in change.known if _is_nobodys_id(alias, records)}
    given_up = {
        alias: _given_up_record(change.at, records[alias]) for alias in change.known if _is_given_up(alias, change)
    }
    return {alias: record for alias, record in (gained | kept | given_up).items() if record != records[alias]}


def _whose(change: IdentityChange, records: AliasRecords) -> str:
    """The id of the person the change is about; empty when it is not known.

    A user id always leads to the same person. A number leads to its holder, unless something newer is known of it.
    """
    for alias in sorted(change.known, key=lambda known: known.is_number):
        record = records[alias]
        if alias.is_number and not _is_of_then(record, change):
            continue
        if id_ := record.leads_to(alias):
            return id_
    return ""


def _is_of_then(number: AliasRecord, change: IdentityChange) -> bool:
    ids = [alias.value for alias in change.known if not alias.is_number]
    is_others = bool(ids) and number.user_id not in ("", *ids)
    return number.stated_at < change.at and number.since <= change.at and not is_others


def _gained(alias: Alias, id_: str, change: IdentityChange, record: AliasRecord) -> AliasRecord:
    at = change.at
    if not alias.is_number:
        return evolve(record, id=id_, stated_at=at) if at >= record.stated_at else record
    if at <= record.stated_at:
        return record
    if record.id == id_:
        return evolve(record, stated_at=at)
    # The change names no user id. If the number was seen with one only since then, that is the person who changed.
    seen_since = record.user_id if record.since >= at else ""
    user_id = next((name.value for name in change.new if not name.is_number), seen_since)
    return evolve(record, id=id_, since=at, stated_at=at, user_id=user_id)


def _is_nobodys_id(alias: Alias, records: AliasRecords) -> bool:
    return not alias.is_number and not records[alias].id


def _is_given_up(alias: Alias, change: IdentityChange) -> bool:
    return alias.is_number and alias not in change.new


def _given_up_record(at: float, record: AliasRecord) -> AliasRecord:
    """The record of a number that was given up; unchanged if it has its next holder already."""
    if at <= record.stated_at or record.since > at:
        return record
    is_free = record.former and not record.id
    return AliasRecord(former=record.former + (not is_free), since=at, stated_at=at)
