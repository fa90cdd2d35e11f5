"""The items of one list in a webhook: one that is malformed stops none of the others."""

from collections.abc import Callable, Iterable, Iterator

from adapters.channel_kit.details import unrecognised
from adapters.channel_kit.json_fields import MalformedItemError
from application.ports.inbound_channel import InboundEvent

# Of one list, this many malformed items become an event each: three megabytes hold a million of them.
MAX_MALFORMED_EVENTS = 100


def read_each(
    channel: str, name: str, items: Iterable[object], read: Callable[[object], Iterable[InboundEvent]]
) -> Iterator[InboundEvent]:
    """The events that `read` makes of each item. `name` is what an item is, such as "message".

    An item for which `read` raises `MalformedItemError` becomes an event. Beyond the first hundred, one event counts
    the others.
    """
    malformed = 0
    for item in items:
        try:
            yield from read(item)
        except MalformedItemError as error:
            malformed += 1
            if malformed <= MAX_MALFORMED_EVENTS:
                yield unrecognised(channel, name, "malformed", str(error))
    if malformed > MAX_MALFORMED_EVENTS:
        yield unrecognised(channel, name, "malformed", f"{malformed - MAX_MALFORMED_EVENTS} more")
