"""The body of a webhook: every entry, change, message and status of it.

Shape: Meta, "webhooks overview" (2026). One POST may hold a thousand updates for several business numbers.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from adapters.whatsapp.webhook.account_events import NOTICES, read_error, read_notice, read_other
from adapters.whatsapp.webhook.echoes import read_echo
from adapters.whatsapp.webhook.fields import (
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
from adapters.whatsapp.webhook.identities import read_user_id_update
from adapters.whatsapp.webhook.messages import read_message
from adapters.whatsapp.webhook.people import Contacts
from adapters.whatsapp.webhook.preferences import read_preference
from adapters.whatsapp.webhook.statuses import read_status
from application.ports.inbound_channel import InboundEvent, MalformedWebhookError
from domain.messages.inbound import Unrecognised

ACCOUNT = "whatsapp_business_account"
MAX_INTEGER = 18
MAX_KIND = 80
# Of one list. Three megabytes hold a million malformed items.
MAX_TOLD = 100
# How a notice names one number: by its id, or by its digits.
NUMBER_NAMES = ("phone_number_id", "phone_number", "display_phone_number")
# The fields that come as lists, their lists, and what one item of each is called.
LISTS: Mapping[str, Mapping[str, str]] = {
    "messages": {"messages": "message", "statuses": "status", "errors": "error"},
    "smb_message_echoes": {"message_echoes": "echo"},
    "user_id_update": {"user_id_update": "user_id_update"},
    "user_preferences": {"user_preferences": "user_preference"},
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
    return int(digits) if len(digits) <= MAX_INTEGER else float(digits)


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
            yield read_other(name, value, channel=channel or self.channel)
        elif channel is None and (number or name == "messages"):
            yield _unrecognised(self.channel, "number", "unknown", number or "metadata.phone_number_id is missing")
        else:
            value = mapping(change.get("value"), "value")
            yield from self._lists(LISTS[name], value, channel or self.channel, _written_at(entry, value))

    def _notices(self, name: str, value: Item, channel: str | None, entry: Item) -> Iterator[InboundEvent]:
        """One for each number it is about: the one it names, or all of the account it names."""
        at = maybe_timestamp(entry.get("time"))
        notice = read_notice(name, value, channel=self.channel, at=at, arrived_at=self.arrived_at)
        account = (
            maybe_text(maybe_mapping(value.get("waba_info")).get("waba_id")) or maybe_text(entry.get("id")) or "none"
        )
        named = next(filter(None, (maybe_text(value.get(key)) for key in NUMBER_NAMES)), None)
        channel = channel or self.numbers.get(named or "")
        if named and channel is None:
            # Some number of the account, by its digits, which we do not have: the next send of each finds out.
            notice = evolve(notice, urgent=False)
        channels = [channel] if channel else self._of_account(account)
        if not channels:
            yield _unrecognised(self.channel, "account", "unknown", f"{name} of {account}: {notice.detail}")
        yield from (evolve(notice, channel=one) for one in channels)

    def _of_account(self, account: str) -> Sequence[str]:
        """Whoever does not know its own account takes every notice for one of it."""
        theirs = [channel for channel, known in self.accounts.items() if known == account]
        return theirs or ([] if self.channel in self.accounts else [self.channel])

    def _lists(
        self, names: Mapping[str, str], value: Item, channel: str, written_at: float | None
    ) -> Iterator[InboundEvent]:
        """Everything in the lists of one value, which has at least one of them."""
        if value.keys().isdisjoint(names):
            yield _unrecognised(channel, "value", "empty", ", ".join(value))
        contacts = Contacts.of(value.get("contacts"))
        readers: Mapping[str, Callable[[object], InboundEvent]] = {
            "message": partial(read_message, channel=channel, contacts=contacts, arrived_at=self.arrived_at),
            "status": partial(read_status, channel=channel),
            "error": partial(read_error, channel=channel, at=written_at, arrived_at=self.arrived_at),
            "echo": partial(read_echo, channel=channel, contacts=contacts),
            "user_id_update": partial(read_user_id_update, channel=channel),
            "user_preference": partial(read_preference, channel=channel, contacts=contacts, arrived_at=self.arrived_at),
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
                if malformed <= MAX_TOLD:
                    yield _unrecognised(channel, name, "malformed", str(error))
        if malformed > MAX_TOLD:
            yield _unrecognised(channel, name, "malformed", f"{malformed - MAX_TOLD} more")


def _written_at(entry: Item, value: Item) -> float | None:
    """When Meta wrote a value: the time of its entry, which not all have, or else of the latest item in it."""
    lists = (value.get(key) for key in ("messages", "statuses"))
    items = (maybe_mapping(item) for found in lists if isinstance(found, list) for item in found)
    times = (maybe_timestamp(item.get("timestamp")) for item in items)
    return maybe_timestamp(entry.get("time")) or max(filter(None, times), default=None)


def _alone(read: Callable[[object], InboundEvent]) -> Callable[[object], Iterator[InboundEvent]]:
    return lambda item: iter((read(item),))


def _unrecognised(channel: str, what: str, which: str, detail: str = "") -> Unrecognised:
    return Unrecognised(channel=channel, kind=storable(f"{what}:{which}")[:MAX_KIND], detail=storable(detail)[:512])
