"""The body of a webhook: every entry, change, message and status in it.

Shape: Meta, "webhooks overview" (2026). One POST may hold a thousand updates for several business numbers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from adapters.channel_kit.details import unrecognised
from adapters.channel_kit.items import read_each
from adapters.channel_kit.json_fields import (
    JsonObject,
    MalformedItemError,
    identifier,
    json_list,
    json_object,
    maybe_object,
    maybe_objects,
    maybe_text,
    maybe_timestamp,
)
from adapters.whatsapp.webhook.account_events import NOTICES, read_error, read_notice, read_other
from adapters.whatsapp.webhook.echoes import read_echo
from adapters.whatsapp.webhook.handovers import observed_lists, read_handover, read_observed
from adapters.whatsapp.webhook.identities import read_user_id_update
from adapters.whatsapp.webhook.messages import read_message, summary_in
from adapters.whatsapp.webhook.people import Contacts
from adapters.whatsapp.webhook.preferences import read_preference
from adapters.whatsapp.webhook.statuses import read_status
from application.ports.inbound_channel import InboundEvent

ACCOUNT = "whatsapp_business_account"
# A notice names a number by its id or by its digits.
NUMBER_NAMES = ("phone_number_id", "phone_number", "display_phone_number")
# The fields that hold lists, the lists of each, and the name of one item.
LISTS: Mapping[str, Mapping[str, str]] = {
    "messages": {"messages": "message", "statuses": "status", "errors": "error"},
    "smb_message_echoes": {"message_echoes": "echo"},
    "user_id_update": {"user_id_update": "user_id_update"},
    "user_preferences": {"user_preferences": "user_preference"},
}

# Who answers in a conversation.
ROUTING = frozenset({"messaging_handovers", "standby"})


@frozen(kw_only=True)
class WebhookReader:
    """Reads one body.

    `numbers`: phone number id -> channel name. `channel`: the channel of everything that names no number.
    `accounts`: channel name -> id of its WhatsApp Business Account, where we know it.
    """

    numbers: Mapping[str, str]
    accounts: Mapping[str, str]
    channel: str
    arrived_at: float

    def events(self, document: Mapping[str, object]) -> Iterator[InboundEvent]:
        """Everything in `document`, in the same order."""
        if document.get("object") != ACCOUNT:
            yield unrecognised(self.channel, "object", maybe_text(document.get("object")) or "none")
            return
        yield from self._read_list("entry", document.get("entry"), self._entry, self.channel)

    def _entry(self, item: object) -> Iterator[InboundEvent]:
        entry = json_object(item, "entry")
        yield from self._read_list("change", entry.get("changes"), partial(self._change, entry=entry), self.channel)

    def _change(self, item: object, *, entry: JsonObject) -> Iterator[InboundEvent]:
        change = json_object(item, "change")
        field = identifier(change.get("field"), "field")
        value = maybe_object(change.get("value"))
        named = maybe_object(value.get("metadata")) or maybe_object(value.get("recipient"))
        number = maybe_text(named.get("phone_number_id"))
        channel = self.numbers.get(number)
        if field in NOTICES:
            yield from self._notices(field, value, channel, entry)
        elif field in ROUTING and channel is not None:
            yield from self._routing(field, value, channel)
        elif field not in LISTS:
            yield read_other(field, value, channel=channel or self.channel)
        elif channel is None and (number or field == "messages"):
            yield unrecognised(self.channel, "number", "unknown", number or "metadata.phone_number_id is missing")
        else:
            value = json_object(change.get("value"), "value")
            yield from self._lists(LISTS[field], value, channel or self.channel, _written_at(entry, value))

    def _notices(self, field: str, value: JsonObject, channel: str | None, entry: JsonObject) -> Iterator[InboundEvent]:
        """A notice for each number that it is about: the one that it names, or all numbers of the account."""
        at = maybe_timestamp(entry.get("time"))
        notice = read_notice(field, value, channel=self.channel, at=at, arrived_at=self.arrived_at)
        account_id = maybe_text(maybe_object(value.get("waba_info")).get("waba_id")) or maybe_text(entry.get("id"))
        number = next(filter(None, (maybe_text(value.get(name)) for name in NUMBER_NAMES)), "")
        channel = channel or self.numbers.get(number)
        if number and channel is None:
            # The notice gives the digits of one of the account's numbers, and we only know the ids. Block none of them:
            # the next send of each finds out.
            notice = evolve(notice, urgent=False)
        channels = [channel] if channel else self._channels_of(account_id)
        if not channels:
            detail = f"{field} of {account_id or 'none'}: {notice.detail}"
            yield unrecognised(self.channel, "account", "unknown", detail)
        yield from (evolve(notice, channel=name) for name in channels)

    def _routing(self, field: str, value: JsonObject, channel: str) -> Iterator[InboundEvent]:
        """Who answers in a conversation: Meta routes it to one app of the business at a time."""
        if field == "messaging_handovers":
            read = partial(read_handover, channel=channel, arrived_at=self.arrived_at)
            yield from self._read_list("handover", [value], lambda _: iter((read(value),)), channel)
            return
        contacts = Contacts.of(value.get("contacts"))
        readers: Mapping[str, Callable[[object], InboundEvent]] = {
            "messages": partial(read_observed, channel=channel, contacts=contacts, arrived_at=self.arrived_at),
            "message_echoes": partial(read_echo, channel=channel, contacts=contacts),
        }
        for name, items in observed_lists(value):
            yield from self._read_list(f"standby {name}", items, _as_iterator(readers[name]), channel)

    def _channels_of(self, account_id: str) -> Sequence[str]:
        """The channels of an account. A channel that does not know its own account takes every notice as its own."""
        channels = [channel for channel, known_id in self.accounts.items() if known_id == account_id]
        return channels or ([] if self.channel in self.accounts else [self.channel])

    def _lists(
        self, names: Mapping[str, str], value: JsonObject, channel: str, written_at: float | None
    ) -> Iterator[InboundEvent]:
        """Every item of the lists in one value."""
        if value.keys().isdisjoint(names):
            yield unrecognised(channel, "value", "empty", ", ".join(value))
        contacts = Contacts.of(value.get("contacts"))
        readers: Mapping[str, Callable[[object], InboundEvent]] = {
            "message": partial(
                read_message,
                channel=channel,
                contacts=contacts,
                arrived_at=self.arrived_at,
                summary_of_meta=summary_in(value),
            ),
            "status": partial(read_status, channel=channel),
            "error": partial(read_error, channel=channel, at=written_at, arrived_at=self.arrived_at),
            "echo": partial(read_echo, channel=channel, contacts=contacts),
            "user_id_update": partial(read_user_id_update, channel=channel),
            "user_preference": partial(read_preference, channel=channel, contacts=contacts, arrived_at=self.arrived_at),
        }
        for key, name in names.items():
            yield from self._read_list(name, value.get(key), _as_iterator(readers[name]), channel)

    def _read_list(
        self, name: str, items: object, read: Callable[[object], Iterator[InboundEvent]], channel: str
    ) -> Iterator[InboundEvent]:
        """The events that `read` makes of each item. A malformed item becomes an event and stops none of the others."""
        try:
            listed = json_list(items, f"the list of {name}")
        except MalformedItemError as error:
            yield unrecognised(channel, name, "malformed", str(error))
            return
        yield from read_each(channel, name, listed, read)


def _written_at(entry: JsonObject, value: JsonObject) -> float | None:
    """When Meta wrote the value: the time of its entry, or else of the latest message or status in it."""
    items = (*maybe_objects(value.get("messages")), *maybe_objects(value.get("statuses")))
    times = (maybe_timestamp(item.get("timestamp")) for item in items)
    return maybe_timestamp(entry.get("time")) or max(filter(None, times), default=None)


def _as_iterator(read: Callable[[object], InboundEvent]) -> Callable[[object], Iterator[InboundEvent]]:
    return lambda item: iter((read(item),))
