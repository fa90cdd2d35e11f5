"""Who is who, when people change their number or the channel changes their name."""

from collections.abc import Mapping

from attrs import field, frozen
from attrs.validators import min_len

from domain.conversations import Person


@frozen(kw_only=True)
class IdentityChange:
    """The channel says that whoever was known by any of `known` is now known by `new`, too or instead.

    Both are aliases: phone numbers without a plus sign, or the channel's user ids. `said` is its own wording.
    """

    channel: str
    known: tuple[str, ...] = field(validator=min_len(1))
    new: tuple[str, ...] = field(validator=min_len(1))
    said: str = ""


@frozen(kw_only=True)
class Listing:
    """Where an alias leads: to the person `id`, or to nobody. `former` counts the people who gave it up.

    A phone number that is not listed leads to the person who is called like it: most people need no listing of it.
    """

    id: str = ""
    former: int = 0

    def leads_to(self, alias: str, *, number: bool) -> str:
        return self.id or (alias if number and not self.former else "")


type Listings = Mapping[str, Listing]


def known_id(person: Person, listings: Listings) -> str | None:
    """Whom the surest alias that leads to somebody leads to; None when all of them lead to nobody."""
    ids = [id_ for alias in person.aliases if (id_ := _leads_to(alias, person, listings))]
    if ids and ids[0] == person.phone and not listings[person.phone].former:
        # Met by a new number before we were told whose it is now: the number knows better.
        return ids[-1]
    return ids[0] if ids else None


def unlisted(person: Person, id_: str, listings: Listings) -> tuple[str, ...]:
    """The aliases that should lead to `id_`, and don't.

    Not one that leads to somebody else, nor a number its owner gave up, whose last messages may still come in.
    """
    leading = {alias: _leads_to(alias, person, listings) for alias in person.aliases if not listings[alias].former}
    return tuple(alias for alias, other in leading.items() if other in ("", person.phone) and other != id_)


def _leads_to(alias: str, person: Person, listings: Listings) -> str:
    return listings[alias].leads_to(alias, number=alias == person.phone)


def is_number(alias: str) -> bool:
    return alias.isascii() and alias.isdigit()


def whose(change: IdentityChange, listings: Listings) -> str | None:
    """The id of the person who changed; None when we don't know them, or were told before."""
    for alias in sorted(change.known, key=is_number):
        if id_ := listings[alias].leads_to(alias, number=is_number(alias)):
            reused = listings[alias].former
            told = _given_up(change, id_, listings) or (reused and _led_to_others(change, id_, listings))
            return None if told else id_
    return None


def _given_up(change: IdentityChange, id_: str, listings: Listings) -> bool:
    """Whether a number that the change takes away is not theirs any more."""
    gone = (listings[alias] for alias in change.known if alias not in change.new)
    return any(listing.former and listing.id != id_ for listing in gone)


def _led_to_others(change: IdentityChange, id_: str, listings: Listings) -> bool:
    """Whether the new aliases lead to somebody else, who was first met by none of them.

    Then the number they were known by has a new owner, and this is about the one before.
    """
    others = {listings[alias].id for alias in change.new} - {"", id_}
    return any(other.partition("~")[0] not in change.new for other in others)
