"""Which event is sent next, and up to where everything is settled."""

from application.forwarding.window import DeliveryWindow
from application.ports.event_outbox import PublishedEvent
from domain.conversations.activity import Activity, ActivityKind


def event(number: int, conversation: str) -> PublishedEvent:
    activity = Activity(kind=ActivityKind.RECEIVED, channel="whatsapp", at=0, conversation=conversation)
    return PublishedEvent(id=f"{number}-0", activity=activity)


def window(*conversations: str) -> DeliveryWindow:
    filled = DeliveryWindow("0-0")
    events = [event(number, conversation) for number, conversation in enumerate(conversations, 1)]
    filled.add(events, read_to=f"{len(events)}-0")
    return filled


def due(filled: DeliveryWindow, *, now: float = 0) -> list[str]:
    """Take everything that is due."""
    taken = []
    while item := filled.next(now=now):
        taken.append(item[1].id)
    return taken


def test_conversations_go_side_by_side_and_each_in_order() -> None:
    """The next event of a conversation comes after the one before is settled."""
    filled = window("ana", "ana", "ben")

    assert due(filled) == ["1-0", "3-0"]
    filled.settle("ana")

    assert due(filled) == ["2-0"]


def test_a_delayed_event_holds_back_its_own_conversation_alone() -> None:
    filled = window("ana", "ana", "ben", "ben")
    due(filled)

    filled.delay("ana", until=5)
    filled.settle("ben")

    assert due(filled) == ["4-0"]
    assert filled.due_in(now=2) == 3
    assert due(filled, now=5) == ["1-0"]


def test_the_position_is_before_the_first_event_that_is_not_settled() -> None:
    """After a crash, all events after it are sent again."""
    filled = window("ana", "ben", "cem")
    due(filled)

    filled.settle("cem")
    assert filled.position == "0-0"
    filled.settle("ana")
    assert filled.position == "1-0"
    filled.settle("ben")

    assert (filled.position, len(filled)) == ("3-0", 0)


def test_events_that_nobody_wants_are_passed() -> None:
    filled = DeliveryWindow("0-0")

    filled.add([], read_to="7-0")

    assert (filled.position, filled.read_to) == ("7-0", "7-0")


def test_a_replayed_event_leaves_the_position() -> None:
    """It may be older than it."""
    filled = DeliveryWindow("9-0")
    filled.add_replayed(event(3, "ana"))
    item = filled.next(now=0)

    assert item is not None
    filled.settle(item[0])

    assert filled.position == "9-0"


def test_all_that_is_delayed_can_be_made_due() -> None:
    """In the order in which it would have become due."""
    filled = window("ana", "ben")
    due(filled)
    filled.delay("ana", until=60)
    filled.delay("ben", until=30)

    filled.wake()

    assert due(filled) == ["2-0", "1-0"]
    assert filled.due_in(now=0) is None
