"""The body of a webhook: every entry, change, message and status of it.

Shapes: Meta, "webhooks overview" and "status webhook reference" (2026). One POST may hold a thousand updates
for several business numbers.
"""

import json
from collections.abc import Callable, Iterator, Mapping

from attrs import frozen

from adapters.whatsapp.fields import (
    MalformedItemError,
    identifier,
    mapping,
    maybe_mapping,
    maybe_text,
    sequence,
    storable,
    timestamp,
)
from adapters.whatsapp.messages import Contacts, Item, read_message
from application.ports.inbound_channel import InboundEvent, MalformedWebhookError
from domain.delivery import DeliveryStatus, StatusUpdate
from domain.messages import Unrecognised

ACCOUNT = "whatsapp_business_account"
LONGEST_INTEGER = 18
LONGEST_KIND = 80
# Of one list. Three megabytes hold a million malformed items.
MOST_TOLD = 100


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
    """Reads one body: `numbers` are our phone number ids with their channels, `channel` stands for all else."""

    numbers: Mapping[str, str]
    channel: str
    arrived_at: float

    def events(self, document: Mapping[str, object]) -> Iterator[InboundEvent]:
        """Everything in `document`, in its order."""
        if document.get("object") != ACCOUNT:
            yield _unrecognised(self.channel, "object", maybe_text(document.get("object")) or "none")
            return
        yield from self._each("entry", document.get("entry"), self._entry)

    def _entry(self, item: object) -> Iterator[InboundEvent]:
        yield from self._each("change", mapping(item, "entry").get("changes"), self._change)

    def _change(self, item: object) -> Iterator[InboundEvent]:
        change = mapping(item, "change")
        name = identifier(change.get("field"), "field")
        value = maybe_mapping(change.get("value"))
        number = maybe_text(maybe_mapping(value.get("metadata")).get("phone_number_id"))
        channel = self.numbers.get(number or "")
        if name != "messages":
            yield _unrecognised(channel or self.channel, "field", name)
        elif channel is None:
            yield _unrecognised(self.channel, "number", "unknown", number or "metadata.phone_number_id is missing")
        else:
            yield from self._value(mapping(change.get("value"), "value"), channel)

    def _value(self, value: Item, channel: str) -> Iterator[InboundEvent]:
        if value.keys().isdisjoint({"messages", "statuses", "errors"}):
            yield _unrecognised(channel, "value", "empty", ", ".join(value))
        contacts = Contacts.of(value.get("contacts"))

        def message(item: object) -> Iterator[InboundEvent]:
            yield read_message(item, channel=channel, contacts=contacts, arrived_at=self.arrived_at)

        def status(item: object) -> Iterator[InboundEvent]:
            yield read_status(item, channel=channel)

        def error(item: object) -> Iterator[InboundEvent]:
            yield _unrecognised(channel, "value", "error", reason(item))

        yield from self._each("message", value.get("messages"), message, channel)
        yield from self._each("status", value.get("statuses"), status, channel)
        yield from self._each("error", value.get("errors"), error, channel)

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


def read_status(item: object, *, channel: str) -> StatusUpdate | Unrecognised:
    """What became of a message we sent.

    Raises:
        MalformedItemError: when `item` is not as Meta describes it.
    """
    fields = mapping(item, "status")
    name = identifier(fields.get("status"), "status")
    if name not in DeliveryStatus:
        return _unrecognised(channel, "status", name)
    errors = fields.get("errors")
    return StatusUpdate(
        channel=channel,
        message_id=identifier(fields.get("id"), "id"),
        status=DeliveryStatus(name),
        at=timestamp(fields.get("timestamp")),
        reference=maybe_text(fields.get("biz_opaque_callback_data")),
        errors=tuple(map(reason, errors)) if isinstance(errors, list) else (),
    )


def reason(item: object) -> str:
    """One of Meta's errors in words: "131047 Re-engagement message: more than 24 hours have passed"."""
    error = maybe_mapping(item)
    details = maybe_mapping(error.get("error_data")).get("details", error.get("error_data"))
    code = error.get("code")
    title = " ".join(
        part for part in (str(code) if isinstance(code, int) else "", maybe_text(error.get("title")) or "") if part
    )
    return ": ".join(part for part in (title, maybe_text(details) or "") if part) or "no reason given"


def _unrecognised(channel: str, what: str, which: str, detail: str = "") -> Unrecognised:
    return Unrecognised(channel=channel, kind=storable(f"{what}:{which}")[:LONGEST_KIND], detail=storable(detail)[:512])
