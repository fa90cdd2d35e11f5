"""Who is who, when people change their number or the channel changes their name.

Channels tell late, twice and out of order. So everything comes with its time, and what is older never undoes what is
newer: whatever is told again changes nothing.
"""

from collections.abc import Mapping

from attrs import evolve, field, frozen
from attrs.validators import min_len

from domain.people.person import Person, id_of


@frozen(kw_only=True)
class IdentityChange:
    """The channel says that whoever was known by any of `known` is known by `new` since `at`, too or instead.

    Both are aliases: phone numbers without a plus sign, or the channel's user ids, the surest first. A number that is
    only in `known` was given up; one that is in both stays as it is. `at`: unix seconds. `said` is the channel's own
    wording.
    """

    channel: str
    known: tuple[str, ...] = field(validator=min_len(1))
    new: tuple[str, ...] = field(validator=min_len(1))
    at: float
    said: str = ""


@frozen(kw_only=True)
class Observation:
    """Somebody was heard of, or written to, by these names. `at`: unix seconds."""

    person: Person
    at: float


@frozen(kw_only=True)
class AliasRecord:
    """Where an alias leads: to the person `id`, or to nobody.

    A phone number that is not listed leads to the person who is called like it: most people need no listing of it.
    Numbers change hands, so theirs say more. `former`: how many people had it before. `since`: when it was first seen
    with its holder, or came to lead to nobody. `told`: up to when the channel's word on it is known. `user_id`: which
    one its holder was seen with. Times are unix seconds.
    """

    id: str = ""
    former: int = 0
    since: float = 0.0
    told: float = 0.0
    user_id: str = ""

    def leads_to(self, alias: str, *, number: bool) -> str:
        return self.id or (alias if number and not self.former else "")


type AliasRecords = Mapping[str, AliasRecord]
"""What is known of each alias in question."""


def is_number(alias: str) -> bool:
    return alias.isascii() and alias.isdigit()


def resolve(seen: Observation, listings: AliasRecords) -> tuple[str, dict[str, AliasRecord]]:
    """The id of who was seen, and the listings that this adds or changes; to be entered in their order."""
    person = seen.person
    id_ = _known_id(seen, listings) or _new_id(seen, listings)
    entries: dict[str, AliasRecord] = {}
    if person.phone and (entry := _number_entry(seen, id_, listings[person.phone])):
        entries[person.phone] = entry
    if person.user_id and listings[person.user_id].id != id_:
        entries[person.user_id] = evolve(listings[person.user_id], id=id_)
    if person.parent_id and not listings[person.parent_id].id:
        entries[person.parent_id] = AliasRecord(id=id_)
    return id_, entries


def _known_id(seen: Observation, listings: AliasRecords) -> str:
    """Whom the user id leads to; without one, or while it is new to us, the number. A parent id may be shared."""
    person = seen.person
    user = listings[person.user_id].id if person.user_id else ""
    if not person.phone:
        return user
    number = listings[person.phone]
    holder = number.leads_to(person.phone, number=True)
    if not person.user_id:
        return holder
    if user:
        # Met by a new number before we were told whose it is: then the number knows better.
        overtaken = number.user_id == person.user_id and number.told >= number.since
        return (holder if overtaken else "") or user
    fits = number.user_id in ("", person.user_id) and seen.at >= number.since
    return holder if fits else ""


def _new_id(seen: Observation, listings: AliasRecords) -> str:
    """Of somebody new: the number, unless another had it before, or has it by now."""
    person = seen.person
    name, former = person.key, listings[person.key].former
    if person.phone and person.user_id and seen.at <= listings[person.phone].since:
        name, former = person.user_id, listings[person.user_id].former
    elif person.phone:
        former = _former(listings[person.phone], person.phone)
    return id_of(name, owner=former + 1)


def _number_entry(seen: Observation, id_: str, number: AliasRecord) -> AliasRecord | None:
    """What becomes of the listing of the number that `id_` was seen with; None when it stays."""
    phone, user_id = seen.person.phone or "", seen.person.user_id or ""
    if number.leads_to(phone, number=True) == id_:
        if not user_id or number.user_id == user_id or seen.at < number.since:
            return None
        return evolve(number, id=id_, user_id=user_id, since=number.since or seen.at)
    if user_id and seen.at <= number.since and number.user_id != user_id:
        return None  # sent before the number came to its present holder, or was given up
    return evolve(
        number,
        id=id_,
        former=_former(number, phone),
        since=max(seen.at, number.since),
        user_id=user_id,
    )


def _former(number: AliasRecord, phone: str) -> int:
    """How many people had the number, when its next holder gets it."""
    return number.former + bool(number.leads_to(phone, number=True))


def apply_change(change: IdentityChange, listings: AliasRecords) -> dict[str, AliasRecord]:
    """The listings that a change adds or changes; to be entered in their order: what finds the person goes last.

    There are none when we don't know the person, or when all of it is old.
    """
    id_ = _whose(change, listings)
    if not id_:
        return {}
    came = {alias: _led(alias, id_, change, listings[alias]) for alias in change.new if alias not in change.known}
    were = {alias: evolve(listings[alias], id=id_) for alias in change.known if _is_nobodys_id(alias, listings)}
    left = {alias: _left(change.at, listings[alias]) for alias in change.known if _given_up(alias, change)}
    return {alias: listing for alias, listing in (came | were | left).items() if listing != listings[alias]}


def _whose(change: IdentityChange, listings: AliasRecords) -> str:
    """User ids never were anybody else's; a number finds who had it then, if nothing newer is known of it."""
    for alias in sorted(change.known, key=is_number):
        listing, number = listings[alias], is_number(alias)
        if number and not _is_of_then(listing, change):
            continue
        if id_ := listing.leads_to(alias, number=number):
            return id_
    return ""


def _is_of_then(number: AliasRecord, change: IdentityChange) -> bool:
    others = any(not is_number(alias) for alias in change.known) and number.user_id not in ("", *change.known)
    return number.told < change.at and number.since <= change.at and not others


def _led(alias: str, id_: str, change: IdentityChange, listing: AliasRecord) -> AliasRecord:
    at = change.at
    if not is_number(alias):
        return evolve(listing, id=id_, told=at) if at >= listing.told else listing
    if at <= listing.told:
        return listing
    if listing.id == id_:
        return evolve(listing, told=at)
    # Without a word on the user id: who was seen with the number only since then is the one who changed.
    seen_since = listing.user_id if listing.since >= at else ""
    user_id = next((name for name in change.new if not is_number(name)), seen_since)
    return evolve(listing, id=id_, since=at, told=at, user_id=user_id)


def _is_nobodys_id(alias: str, listings: AliasRecords) -> bool:
    return not is_number(alias) and not listings[alias].id


def _given_up(alias: str, change: IdentityChange) -> bool:
    return is_number(alias) and alias not in change.new


def _left(at: float, listing: AliasRecord) -> AliasRecord:
    """A number that leads to nobody; unless it has its next owner already."""
    if at <= listing.told or listing.since > at:
        return listing
    is_free = listing.former and not listing.id
    return AliasRecord(former=listing.former + (not is_free), since=at, told=at)
