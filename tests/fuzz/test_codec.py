"""Stored values come back unchanged. A record that is not ours is unreadable, and raises nothing else."""

import contextlib
import json
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from adapters.redis import codec
from application.ports.turns import UnreadableTurnError
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.outcome import Outcome
from domain.conversations.reply import Reply
from domain.conversations.turn import Turn
from domain.messages.inbound import MAX_SEQUENCE, Content, InboundMessage, Referral
from domain.messages.outbound import Part
from domain.messages.shared_values import Choice
from domain.people.person import Conversation, Person
from support.generated import made_up, names

CONVERSATION = "whatsapp:15550002222"

moments = st.floats(0, 253_402_300_799, allow_nan=False)
maybe_names = st.none() | names
people = st.builds(
    Person, phone=maybe_names, user_id=names, name=maybe_names, parent_id=maybe_names, language=maybe_names
)
contents = made_up(Content.__value__)
messages = st.builds(
    InboundMessage,
    id=names,
    conversation=st.builds(Conversation, channel=st.just("whatsapp"), user=names),
    person=people,
    content=contents,
    sent_at=moments,
    arrived_at=moments,
    sequence=st.integers(0, MAX_SEQUENCE - 1),
    quotes=maybe_names,
    quoted_text=st.text(),
    forwarded=st.booleans(),
    referral=st.none() | made_up(Referral),
    product=st.text(),
)
parts = st.lists(made_up(Part.__value__), max_size=4).map(tuple)
replies = st.builds(Reply, outcome=st.sampled_from(Outcome), parts=parts, reason=st.text())
activities = st.builds(
    Activity,
    kind=st.sampled_from(ActivityKind),
    channel=names,
    at=moments,
    conversation=st.text(),
    detail=st.dictionaries(names, st.text()),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=15,
)


def stored(message: InboundMessage, *more: InboundMessage) -> dict[str, str]:
    """A turn's hash as the scripts write it."""
    written = [f'{{"arrived_ms":1,"message":{codec.dump_message(each).decode()}}}' for each in (message, *more)]
    return {"id": "7-0", "messages": f"[{','.join(written)}]"}


def load(fields: dict[str, str], *, conversation: str = CONVERSATION) -> Turn | None:
    try:
        return codec.load_turn(fields, conversation=conversation, deliveries=1)
    except UnreadableTurnError:
        return None


def rewritten(text: str, *, path: tuple[Any, ...], value: object) -> str:
    """The JSON with one value replaced."""
    document: Any = json.loads(text)
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return json.dumps(document)


@given(kept=st.lists(messages, min_size=1, max_size=4))
def test_messages_come_back(kept: list[InboundMessage]) -> None:
    """In order."""
    turn = load(stored(*kept))

    assert turn is not None
    assert turn.messages == tuple(kept)


@given(reply=replies)
def test_a_reply_comes_back(reply: Reply) -> None:
    """With the order of its parts."""
    assert codec.load_reply(codec.dump_reply(reply).decode()) == reply


@given(reply=replies.filter(lambda reply: reply.parts), kind=names | json_values)
def test_a_part_of_a_later_version_is_unreadable(reply: Reply, kind: object) -> None:
    """This version does not know a text for it."""
    assume(not isinstance(kind, str) or kind not in {part.__name__ for part in get_args(Part.__value__)})
    written = rewritten(codec.dump_reply(reply).decode(), path=("parts", 0, "type"), value=kind)

    with pytest.raises(codec.DECODE_ERRORS):
        codec.load_reply(written)


@given(reply=replies, person=people, turn_id=names)
def test_an_initiated_turn_comes_back(reply: Reply, person: Person, turn_id: str) -> None:
    """With its recipient."""
    conversation = Conversation.parse(CONVERSATION)
    turn = Turn(id=turn_id, conversation=conversation, messages=(), reply=reply, to=person)

    assert load(codec.load_turn_fields(codec.dump_new_turn(turn).decode())) == turn


@given(kept=st.lists(made_up(Choice), max_size=4).map(tuple))
def test_choices_come_back(kept: tuple[Choice, ...]) -> None:
    """In the order they were shown."""
    assert codec.load_choices(codec.dump_choices(kept)) == kept


@given(activity=activities)
def test_an_activity_comes_back(activity: Activity) -> None:
    """For everybody who follows the feed."""
    assert codec.load_activity(codec.dump_activity(activity).decode()) == activity


@given(fields=st.dictionaries(st.text(), st.text()))
def test_a_turn_comes_back_from_a_dead_letter(fields: dict[str, str]) -> None:
    """As one JSON object."""
    assert codec.load_turn_fields(codec.dump_turn_fields(fields).decode()) == fields


@given(message=messages, reply=replies, name=names.map("later_{}".format), value=json_values)
def test_added_fields_are_ignored(message: InboundMessage, reply: Reply, name: str, value: object) -> None:
    """At every level, so that one can go back to this version."""
    text = stored(message)["messages"]
    for path in ([0], [0, "message"], [0, "message", "person"], [0, "message", "content"]):
        text = rewritten(text, path=(*path, name), value=value)
    answer = codec.dump_reply(reply).decode()
    for path in ([], *(["parts", number] for number in range(len(reply.parts)))):
        answer = rewritten(answer, path=(*path, name), value=value)

    turn = load({"id": "7-0", "messages": text, "reply": answer, name: "more"})

    assert turn is not None
    assert (turn.messages, turn.reply) == ((message,), reply)


@pytest.mark.parametrize("path", [("content", "type"), ("conversation",), ("person",), ("sent_at",), ("id",)])
@given(message=messages, value=st.text(max_size=5) | json_values)
def test_changed_fields_are_unreadable_at_worst(path: tuple[Any, ...], message: InboundMessage, value: object) -> None:
    """A new kind of content, a name of another shape: the turn becomes a dead letter, and no worker crashes."""
    load({"id": "7-0", "messages": rewritten(stored(message)["messages"], path=(0, "message", *path), value=value)})


@given(
    fields=st.dictionaries(
        st.sampled_from(
            [
                "id",
                "messages",
                "reply",
                "to",
                "attempts",
                "retries",
                "confirmation_waits",
                "error",
                "sent:0",
                "sent:2",
                "sent:x",
            ]
        ),
        st.text() | json_values.map(json.dumps),
    ),
    conversation=st.text() | st.just(CONVERSATION),
)
def test_any_hash_is_a_turn_or_unreadable(fields: dict[str, str], conversation: str) -> None:
    """A turn has a person to answer, and its sent parts are in the reply."""
    turn = load(fields, conversation=conversation)

    if turn is not None:
        assert turn.person
        assert len(turn.sent) == sum(name.startswith("sent:") for name in fields)


@given(text=st.text() | json_values.map(json.dumps) | st.integers(1, 200_000).map("[".__mul__))
def test_any_dead_letter_is_a_turn_or_unreadable(text: str) -> None:
    """Also after somebody edited it."""
    with contextlib.suppress(UnreadableTurnError):
        fields = codec.load_turn_fields(text)
        assert msgspec.json.decode(codec.dump_turn_fields(fields)) is not None
