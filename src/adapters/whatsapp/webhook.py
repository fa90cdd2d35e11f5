"""The body of a webhook: every entry, change, message and status of it.

Shape: Meta, "webhooks overview" (2026). One POST may hold a thousand updates for several business numbers.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from adapters.whatsapp.echoes import read_echo
from adapters.whatsapp.fields import (
    Item,
    MalformedItemError,
    identifier,
    mapping,
    maybe_mapping,
    maybe_text,
    maybe_timestamp,
    sequence,
    storable,
)
from adapters.whatsapp.identities import read_user_id_update
from adapters.whatsapp.messages import read_message
from adapters.whatsapp.notices import NOTICES, read_error, read_notice
from adapters.whatsapp.people import Contacts
from adapters.whatsapp.statuses import read_status
from application.ports.inbound_channel import InboundEvent, MalformedWebhookError
from domain.messages import Unrecognised

ACCOUNT = "whatsapp_business_account"
LONGEST_INTEGER = 18
LONGEST_KIND = 80
# Of one list. Three megabytes hold a million malformed items.
MOST_TOLD = 100
# The fields that come as lists, their lists, and what one item of each is called.
LISTS: Mapping[str, Mapping[str, str]] = {
    "messages": {"messages": "message", "statuses": "status", "errors": "error"},
    "smb_message_echoes": {"message_echoes": "echo"},
    "user_id_update": {"user_id_update": "user_id_update"},
}


def decode(body: bytes) -> Mapping[str, object]:
    """The JSON object that `body` is.

    The standard library's decoder, because it lets lone surrogates through: they spoil one text, not the batch.

    Raises:
        MalformedWebhookError: when it is none.
    """
    try:
        document = json.loads(body.decode(), parse_int=_integer, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise MalformedWebhookError(f"the body is not JSON ({type(error).__name__})") from error
    if not isinstance(document, dict):
        raise MalformedWebhookError("the body is not a JSON object")
    return document


def _integer(digits: str) -> int | float:
    """Python refuses integers of thousands of digits; one of them must not refuse the batch."""
    return int(digits) if len(digits) <= LONGEST_INTEGER else float(digits)


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


@frozen(kw_only=True)
class WebhookReader:
    """Reads one body: `numbers` are our phone number ids with their channels, `channel` stands for all else.

    `accounts` are the channels whose account we know, each with its id.
    """

    numbers: Mapping[str, str]
    accounts: Mapping[str, str]
    channel: str
    arrived_at: float

    def events(self, document: Mapping[str, object]) -> Iterator[InboundEvent]:
        """Everything in `document`, in its order."""
        if document.get("object") != ACCOUNT:
            yield _unrecognised(self.channel, "object", maybe_text(document.get("object")) or "none")
            return
        yield from self._each("entry", document.get("entry"), self._entry)

    def _entry(self, item: object) -> Iterator[InboundEvent]:
        entry = mapping(item, "entry")
        yield from self._each("change", entry.get("changes"), partial(self._change, entry=entry))

    def _change(self, item: object, *, entry: Item) -> Iterator[InboundEvent]:
        change = mapping(item, "change")
        name = identifier(change.get("field"), "field")
        value = maybe_mapping(change.get("value"))
        number = maybe_text(maybe_mapping(value.get("metadata")).get("phone_number_id"))
        channel = self.numbers.get(number or "")
        if name in NOTICES:
            yield from self._notices(name, value, channel, entry)
        elif name not in LISTS:
            yield _unrecognised(channel or self.channel, "field", name)
        elif channel is None and (number or name == "messages"):
            yield _unrecognised(self.channel, "number", "unknown", number or "metadata.phone_number_id is missing")
        else:
            yield from self._lists(LISTS[name], mapping(change.get("value"), "value"), channel or self.channel)

    def _notices(self, name: str, value: Item, channel: str | None, entry: Item) -> Iterator[InboundEvent]:
        """One for each number it is about: the one it names, or all of the account."""
        at = maybe_timestamp(entry.get("time"))
        notice = read_notice(name, value, channel=self.channel, at=self.arrived_at if at is None else at)
        account = maybe_text(entry.get("id")) or "none"
        channels = [channel] if channel else self._of_account(account)
        if not channels:
            yield _unrecognised(self.channel, "account", "unknown", f"{name} of {account}: {notice.detail}")
        yield from (evolve(notice, channel=one) for one in channels)

    def _of_account(self, account: str) -> Sequence[str]:
        """Whoever does not know its own account takes every notice for one of it."""
        theirs = [channel for channel, known in self.accounts.items() if known == account]
        return theirs or ([] if self.channel in self.accounts else [self.channel])

    def _lists(self, names: Mapping[str, str], value: Item, channel: str) -> Iterator[InboundEvent]:
        """Everything in the lists of one value, which has at least one of them."""
        if value.keys().isdisjoint(names):
            yield _unrecognised(channel, "value", "empty", ", ".join(value))
        contacts = Contacts.of(value.get("contacts"))
        readers: Mapping[str, Callable[[object], InboundEvent]] = {
            "message": partial(read_message, channel=channel, contacts=contacts, arrived_at=self.arrived_at),
            "status": partial(read_status, channel=channel),
            "error": partial(read_error, channel=channel, at=self.arrived_at),
            "echo": partial(read_echo, channel=channel, contacts=contacts),
            "user_id_update": partial(read_user_id_update, channel=channel),
        }
        for key, name in names.items():
            yield from self._each(name, value.get(key), _alone(readers[name]), channel)

    def _each(
        self, name: str, items: object, read: Callable[[object], Iterator[InboundEvent]], channel: str | None = None
    ) -> Iterator[InboundEvent]:
        """What `read` makes of each item; a malformed one is told of and stops none of the others."""
        channel = channel or self.channel
        try:
            found = sequence(items, f"the list of {name}")
        except MalformedItemError as error:
            yield _unrecognised(channel, name, "malformed", str(error))
            return
        malformed = 0
        for item in found:
            try:
                yield from read(item)
            except MalformedItemError as error:
                malformed += 1
                if malformed <= MOST_TOLD:
                    yield _unrecognised(channel, name, "malformed", str(error))
        if malformed > MOST_TOLD:
            yield _unrecognised(channel, name, "malformed", f"{malformed - MOST_TOLD} more")


def _alone(read: Callable[[object], InboundEvent]) -> Callable[[object], Iterator[InboundEvent]]:
    return lambda item: iter((read(item),))


def _unrecognised(channel: str, what: str, which: str, detail: str = "") -> Unrecognised:
    return Unrecognised(channel=channel, kind=storable(f"{what}:{which}")[:LONGEST_KIND], detail=storable(detail)[:512])
