"""Names that are stored as text come back unchanged, and no two of them have the same text."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from adapters.redis.keys import TURN_KEYS, Keys, digest_of
from adapters.whatsapp.webhook.inbound import WhatsAppInbound
from application.ports.inbound_channel import InboundEvent
from domain.conversations.reply import PartReference
from domain.messages.inbound import InboundMessage
from domain.people.person import Conversation
from support.whatsapp_messages import text_message
from support.whatsapp_webhooks import NUMBER, webhook

INBOUND = WhatsAppInbound(numbers={NUMBER: "whatsapp"}, channel="whatsapp", verify_tokens=("t",))

channels = st.from_regex(r"[a-z0-9][a-z0-9_-]*", fullmatch=True)
users = st.text(min_size=1, max_size=256) | st.text(":/ {}\n0a😀", min_size=1)
conversations = st.builds(Conversation, channel=channels, user=users)
turn_ids = st.from_regex(r"[0-9]{1,13}-[0-9]{1,4}r{0,3}", fullmatch=True)
numbers = st.sampled_from(["0", "01", "+1", "-1", " 1", "1_0", "\N{ARABIC-INDIC DIGIT THREE}", "", "9" * 5000])
almost = st.tuples(turn_ids, numbers, conversations.map(str) | st.sampled_from(["", ":", "a:", ":1"])).map("/".join)
references = st.builds(PartReference, conversation=conversations, turn_id=turn_ids, part=st.integers(0, 10_000))


@given(conversation=conversations)
def test_a_conversation_comes_back(conversation: Conversation) -> None:
    """With any user id."""
    assert Conversation.parse(str(conversation)) == conversation


@given(reference=references)
def test_a_reference_comes_back(reference: PartReference) -> None:
    """It names one part of one turn of one conversation."""
    assert PartReference.parse(str(reference)) == reference


@given(one=references, other=references)
def test_two_references_never_have_the_same_text(one: PartReference, other: PartReference) -> None:
    """Otherwise a status could confirm another send."""
    assert (str(one) == str(other)) == (one == other)


@given(text=st.text(st.characters()) | almost)
def test_any_text_is_refused_or_is_exactly_one_reference(text: str) -> None:
    """Statuses may echo references of others. Each of ours has one text."""
    with contextlib.suppress(ValueError):
        assert str(PartReference.parse(text)) == text


@given(one=conversations, other=conversations)
def test_two_conversations_share_no_key(one: Conversation, other: Conversation) -> None:
    """In no partition, and with no kind of key."""
    keys = Keys(partitions=16)
    names = [set(keys.turn(keys.partition_of(str(each)), str(each))[4:]) for each in (one, other)]

    assert names[0].isdisjoint(names[1]) == (one != other)
    assert all(len(found) == len(TURN_KEYS) for found in names)


@given(ids=st.tuples(users, users), channel=channels)
def test_two_message_ids_are_two_messages(ids: tuple[str, str], channel: str) -> None:
    """Also when one looks like the other with a channel before it."""
    one, other = (digest_of(channel, message_id) for message_id in ids)

    assert (one == other) == (ids[0] == ids[1])


@given(user_id=st.text(st.characters(), max_size=300), message_id=st.text(st.characters(), max_size=300))
def test_any_sender_is_a_conversation_of_its_own(user_id: str, message_id: str) -> None:
    """Or the message is malformed. No name can break the keys."""
    body = webhook(text_message(sender=None, from_user_id=user_id, wamid=message_id))

    (event,) = INBOUND.parse(body=body, arrived_at=0).events

    assert _is_sound(event)


def _is_sound(event: InboundEvent) -> bool:
    if not isinstance(event, InboundMessage):
        return True
    return Conversation.parse(str(event.conversation)) == event.conversation and len(event.id) <= 256
