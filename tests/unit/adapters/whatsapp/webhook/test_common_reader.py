"""Bodies of common shapes are read in one pass, and never in another way than by the reader of all shapes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.broken_payloads import junk, names, places, replaced, without
from support.whatsapp_messages import (
    PERSON,
    Json,
    button_reply,
    call_permission_reply,
    edit_message,
    every_message,
    file_message,
    form_reply,
    item,
    list_reply,
    location_message,
    message,
    order_message,
    reaction_message,
    system_message,
    template_tap,
    text_message,
    unsupported_message,
)
from support.whatsapp_parsing import is_common, parse
from support.whatsapp_webhooks import PARENT_ID, USER_ID, change, contact, entry, envelope, status, webhook

FILES = [file_message(kind) for kind in ("image", "audio", "video", "document", "sticker")]
COMMON = [text_message(), *FILES, button_reply(), list_reply(), template_tap(), reaction_message()]
UNCOMMON = [
    location_message(),
    order_message({"product_retailer_id": "p1"}),
    form_reply({"a": 1}),
    call_permission_reply(),
    edit_message(),
    system_message(),
    unsupported_message(),
    text_message(referral={"headline": "Offer"}),
    text_message(group_id="g1"),
    text_message(context={"id": "wamid.0", "referred_product": {"product_retailer_id": "p1"}}),
    text_message(errors=[{"code": 131051}]),
    text_message(sender="+1 555 000"),
    text_message(sender=None),
    text_message(wamid=" "),
    text_message(wamid="x" * 257),
    item("text"),
    message("text", {"body": "half an emoji \ud83d"}),
    message("image", {"id": " "}),
    message("button", {"payload": " ", "more": "words"}),
    message("interactive", {"type": "button_reply", "button_reply": {"id": ""}, "more": "words"}),
    message("reaction", {"message_id": "", "emoji": "x"}),
]


def dump(document: object) -> bytes:
    return json.dumps(document).encode()


@pytest.mark.parametrize("one", COMMON)
def test_common_messages_are_read_in_one_pass(one: Json) -> None:
    """Also a quoted or forwarded one, and one of a person with all names."""
    quoted = {**one, "context": {"id": "wamid.0", "from": PERSON, "forwarded": True}}
    hidden = {key: value for key, value in one.items() if key != "from"} | {"from_user_id": USER_ID}
    known = [contact(user_id=USER_ID, parent_id=PARENT_ID), contact("Bob", phone="15550003333")]
    bodies = [webhook(one), webhook(quoted), webhook(hidden, contacts=known), webhook(one, contacts=known)]

    assert all(map(is_common, bodies))
    for body in bodies:
        assert len(parse(body)) == 1


@pytest.mark.parametrize("name", ["sent", "delivered", "read", "played"])
def test_common_statuses_are_read_in_one_pass(name: str) -> None:
    """With what they cost, and who got the message."""
    paid = {"pricing": {"billable": True, "pricing_model": "PMP", "category": "utility"}, "conversation": {"id": "c"}}
    bodies = [
        webhook(statuses=[status(name)]),
        webhook(statuses=[status(name, reference="7-0/0/whatsapp:1", **paid)]),
        webhook(statuses=[status(name, recipient_type="group")]),
        webhook(statuses=[status(name, recipient_user_id=USER_ID, recipient_parent_user_id=PARENT_ID)]),
        webhook(text_message(), statuses=[status(name), status(name)]),
    ]

    assert all(map(is_common, bodies))
    for body in bodies:
        parse(body)


@pytest.mark.parametrize("one", UNCOMMON)
def test_a_shape_with_rules_of_its_own_is_uncommon(one: Json) -> None:
    """The whole body is, with the common messages beside it."""
    body = webhook(text_message(), one)

    assert not is_common(body)
    parse(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        dump({"object": "page", "entry": []}),
        dump({"object": "whatsapp_business_account"}),
        envelope(entry(change(field="message_echoes"))),
        envelope(entry(change(number="7", messages=[text_message()]))),
        envelope(entry(change())),
        webhook(text_message(), errors=[{"code": 1}]),
        webhook(statuses=[status("failed", errors=[{"code": 131047}])]),
        webhook(statuses=[status("captured")]),
        webhook(statuses=[status(conversation={"pricing": {"billable": True}})]),
        webhook(text_message(), contacts=[contact(phone="1 2")]),
        webhook(text_message()).replace(b"Hello", b"\xff"),
        webhook(text_message()).replace(b'"timestamp"', b'"other": "\xff", "timestamp"'),
    ],
)
def test_an_uncommon_body(body: bytes) -> None:
    """It is read by the other reader, or refused."""
    assert not is_common(body)


ids = st.sampled_from(["1", "wamid.7", "US.1", " ", "", "x" * 256, "x" * 257, "+1 (555) 7", "\u0661"]) | st.text(
    max_size=9
)
words = st.text(max_size=20) | st.sampled_from(["", " ", "a\nb", "x" * 300])
times = st.sampled_from(["0", "1750000000", "1750000000000", "-1", "1.5", " 7", "\u0661", "9" * 30, ""])


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An object with any of these fields; now and then one is null, or another one is there."""
    optional = {name: values | st.none() for name, values in fields.items()}
    return st.fixed_dictionaries({}, optional={**optional, "more": st.text(max_size=3)})


chosen = some(id=words, title=words, description=words)
bodies = {
    "text": st.fixed_dictionaries({"body": words}),
    "image": some(id=ids, mime_type=words, caption=words, sha256=st.sampled_from(["0" * 64, "A" * 43 + "=", "x"])),
    "audio": some(id=ids, voice=st.booleans()),
    "document": some(id=ids, filename=words),
    "button": some(payload=words, text=words),
    "interactive": some(type=words, button_reply=chosen, list_reply=chosen),
    "reaction": some(message_id=ids, emoji=words),
}


@st.composite
def near_common(draw: st.DrawFn) -> Json:
    """A message as Meta sends it, or nearly so."""
    kind = draw(st.sampled_from(sorted(bodies)))
    fields = draw(
        some(
            from_user_id=ids,
            from_parent_user_id=ids,
            context=some(id=ids, forwarded=st.booleans(), frequently_forwarded=st.booleans()),
        )
    )
    named = draw(st.sampled_from([kind, kind, kind, "text", "unknown"]))
    sender = {"from": draw(ids)} if draw(st.booleans()) else {"from": PERSON}
    return {"id": draw(ids), "timestamp": draw(times), "type": named, kind: draw(bodies[kind]), **sender, **fields}


near_status = st.fixed_dictionaries(
    {
        "id": ids,
        "status": st.sampled_from(["sent", "delivered", "read", "failed", "warning"]),
        "timestamp": times,
    },
    optional={
        "recipient_id": ids,
        "recipient_user_id": ids,
        "recipient_parent_user_id": ids,
        "recipient_type": st.sampled_from(["group", "individual"]),
        "biz_opaque_callback_data": ids,
        "pricing": some(billable=st.booleans(), category=words),
        "conversation": some(id=ids, pricing=some(billable=st.booleans())),
    },
)
near_contact = some(
    profile=some(name=words, username=words), wa_id=ids | st.just(PERSON), user_id=ids, parent_user_id=ids
)


@given(
    messages=st.lists(near_common(), max_size=3),
    statuses=st.lists(near_status, max_size=2),
    contacts=st.lists(near_contact, max_size=2),
)
def test_what_is_read_in_one_pass_is_read_the_same(
    messages: list[Json], statuses: list[Json], contacts: list[Json]
) -> None:
    """Whatever the fields hold."""
    parse(webhook(*messages, statuses=statuses, contacts=contacts))


@given(data=st.data())
def test_a_common_body_with_one_place_changed(data: st.DataObject) -> None:
    """Replaced, gone, or with one field more."""
    document = json.loads(webhook(*COMMON, contacts=[contact(user_id=USER_ID)], statuses=[status(), status("read")]))
    where = data.draw(st.sampled_from(places(document)))
    match data.draw(st.sampled_from(["replaced", "without", "more"])):
        case "more" if isinstance(where[-1], str):
            changed = replaced(document, (*where[:-1], data.draw(names)), data.draw(junk))
        case "without":
            changed = without(document, where)
        case _:
            changed = replaced(document, where, data.draw(junk))

    parse(dump(changed))


def test_every_type_of_message_is_read_the_same() -> None:
    """One by one, and all in one body."""
    for one in every_message():
        parse(webhook(one))
    parse(webhook(*every_message()))
