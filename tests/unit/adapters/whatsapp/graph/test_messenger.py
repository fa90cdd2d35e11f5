"""Messages to the Graph API, over a socket."""

import json

import pytest
from attrs import evolve

from adapters.whatsapp.graph.messenger import GraphMessenger
from application.ports.messenger import SentMessage
from domain.people.person import Person
from domain.policies.retry import SendFailure
from domain.policies.send_rate import SendRate
from support.graph_server import TOKEN, Answer, GraphServer, accepted, refusal, success
from support.messages import message
from support.sending import HELLO, HIDDEN, failed_send, send
from support.whatsapp_texts import shown
from support.whatsapp_webhooks import NUMBER

NOT_ALLOWED = 131030


async def test_a_text_as_the_graph_api_wants_it(graph: GraphServer, messenger: GraphMessenger) -> None:
    """Address, token and every field."""
    graph.script.append(accepted("wamid.9"))

    message_id = await send(messenger)

    (request,) = graph.requests
    assert message_id == "wamid.9"
    assert request.path == f"/v25.0/{NUMBER}/messages"
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.body == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+15550002222",
        "type": "text",
        "text": {"body": HELLO.body.text, "preview_url": False},
        "biz_opaque_callback_data": "turn/0/whatsapp:1",
    }


async def test_somebody_without_a_phone_number_is_reached_through_recipient(
    graph: GraphServer, messenger: GraphMessenger
) -> None:
    """The Graph API accepts a user id in `to` and drops the message."""
    await send(messenger, to=HIDDEN)

    assert graph.requests[0].body["recipient"] == HIDDEN.user_id
    assert "to" not in graph.requests[0].body


@pytest.mark.parametrize("phone", ["US.13491208655302741918", "+", "1555 000", "١٢٣"])
async def test_an_invalid_phone_number_never_gets_into_to(
    graph: GraphServer, messenger: GraphMessenger, phone: str
) -> None:
    """We refuse it before the request."""
    error = await failed_send(messenger, to=Person(phone=phone))

    assert error.failure is SendFailure.FINAL
    assert graph.requests == []


async def test_a_plus_sign_is_not_doubled(graph: GraphServer, messenger: GraphMessenger) -> None:
    """With a phone number that has one, and with one that has none."""
    await send(messenger, to=Person(phone="+15550002222"))

    assert graph.requests[0].body["to"] == "+15550002222"


async def test_a_send_without_a_reference_carries_none(graph: GraphServer, messenger: GraphMessenger) -> None:
    """A blank reference would confirm nothing."""
    await send(messenger, reference="")

    assert "biz_opaque_callback_data" not in graph.requests[0].body


async def test_a_reference_that_would_be_cut_is_not_sent(graph: GraphServer, messenger: GraphMessenger) -> None:
    """The cut reference would confirm nothing. The limit is 512 characters."""
    assert await send(messenger, reference="x" * 512)

    error = await failed_send(messenger, reference="x" * 513)

    assert error.failure is SendFailure.FINAL
    assert len(graph.requests) == 1


async def test_acknowledging_marks_as_read_and_shows_typing(graph: GraphServer, messenger: GraphMessenger) -> None:
    """In one request. The indicator disappears after 25 seconds."""
    graph.script.append(success())

    await messenger.acknowledge(message=message(message_id="wamid.7"))

    assert messenger.capabilities.typing_seconds == 25
    assert graph.requests[0].body == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.7",
        "typing_indicator": {"type": "text"},
    }


async def test_sends_share_a_connection(graph: GraphServer, messenger: GraphMessenger) -> None:
    """A handshake for each message would double its time."""
    for _ in range(3):
        await send(messenger)

    assert graph.connections == 1


async def test_the_token_stays_out_of_the_representation(messenger: GraphMessenger) -> None:
    """It could get into a log."""
    assert TOKEN not in repr(messenger)


async def test_the_send_rates_are_metas(messenger: GraphMessenger) -> None:
    """One message in six seconds to a person, after a burst of 44."""
    assert messenger.send_rates.person == SendRate(interval_seconds=6, burst=44)
    assert messenger.send_rates.counts_received


@pytest.mark.parametrize("takes", [20, 80, 1000])
async def test_in_no_second_more_goes_than_the_number_takes(messenger: GraphMessenger, takes: int) -> None:
    """Also in the first second, with the burst. In the long run it is hardly less."""
    rate = evolve(messenger, messages_per_second=takes).send_rates.account

    assert 0.95 * takes <= rate.burst + 1 / rate.interval_seconds <= takes
    assert 1 / rate.interval_seconds >= 0.9 * takes


async def test_a_slow_number_is_a_number(messenger: GraphMessenger) -> None:
    """A number that accepts one message in two seconds."""
    assert evolve(messenger, messages_per_second=0.5).send_rates.account == SendRate(interval_seconds=1 / 0.45, burst=1)


def test_markdown_is_formatted_and_split() -> None:
    """A language model's answer as the phone shows it."""
    parts = shown("# Title\n\n" + "**word** " * 1000)

    assert parts[0].startswith("*Title*\n\n*word* *word*")
    assert len(parts) == 2


def test_half_an_emoji_is_replaced() -> None:
    """It can be neither stored nor sent."""
    assert shown("cut \ud83d here") == ["cut ? here"]


@pytest.mark.parametrize(
    ("written", "other"),
    [("5511987654321", "551187654321"), ("541123456789", "5491123456789"), ("5215512345678", "525512345678")],
)
async def test_a_number_that_a_test_number_does_not_know_is_tried_in_its_other_writing(
    graph: GraphServer, messenger: GraphMessenger, written: str, other: str
) -> None:
    """Its list of recipients has one of the two writings. The message is the same."""
    graph.script += [refusal(NOT_ALLOWED), accepted("wamid.9")]

    message_id = await send(messenger, to=Person(phone=written))

    first, second = graph.requests
    assert message_id == "wamid.9"
    assert (first.body["to"], second.body["to"]) == (f"+{written}", f"+{other}")
    assert {**first.body, "to": ""} == {**second.body, "to": ""}


@pytest.mark.parametrize(("phone", "tried"), [("541123456789", 2), ("15550002222", 1)])
async def test_a_number_that_is_not_known_in_either_writing_is_refused(
    graph: GraphServer, messenger: GraphMessenger, phone: str, tried: int
) -> None:
    """There is no third attempt."""
    graph.script += [refusal(NOT_ALLOWED)] * tried

    error = await failed_send(messenger, to=Person(phone=phone))

    assert (error.failure, len(graph.requests)) == (SendFailure.FINAL, tried)


@pytest.mark.parametrize(
    ("contact", "phone"),
    [
        ({"input": "+541123456789", "wa_id": "5491123456789"}, "5491123456789"),
        ({"input": "+541123456789", "user_id": "AR.1"}, None),
        ({"wa_id": "AR.1"}, None),
        ({"wa_id": ["5491123456789"]}, None),
    ],
)
async def test_the_number_that_meta_chose_is_returned(
    graph: GraphServer, messenger: GraphMessenger, contact: dict[str, object], phone: str | None
) -> None:
    """If Meta names one."""
    document = {"contacts": [contact], "messages": [{"id": "wamid.9"}]}
    graph.script.append(Answer(json.dumps(document).encode()))

    taken = await messenger.send(part=HELLO, to=Person(phone="541123456789"), reference="")

    assert taken == SentMessage(message_id="wamid.9", phone=phone)
