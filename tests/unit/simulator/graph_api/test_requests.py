"""The requests that the Graph API accepts or refuses."""

import pytest

from simulator.graph_api.errors import GraphError
from simulator.graph_api.requests import ReadRequest, SendRequest, parse_request

TEXT = {"messaging_product": "whatsapp", "to": "+15550002222", "type": "text", "text": {"body": "Hi"}}


@pytest.mark.parametrize(
    ("written", "address"),
    [("+15550002222", "15550002222"), ("15550002222", "15550002222"), ("+1 (555) 000-2222", "15550002222")],
)
def test_a_number_may_be_written_in_several_ways(written: str, address: str) -> None:
    """With a plus sign, without one, and with the usual separators."""
    request = parse_request(TEXT | {"to": written})

    assert request == SendRequest(
        address=address, recipient_input=written, type="text", body="Hi", content={"body": "Hi"}
    )


def test_a_user_id_is_a_recipient() -> None:
    """A person is reached by the business-scoped user id, without a number."""
    message = {name: value for name, value in TEXT.items() if name != "to"}

    request = parse_request(message | {"recipient": "US.ENT.11815799212886844830"})

    assert isinstance(request, SendRequest)
    assert request.address == "US.ENT.11815799212886844830"


def test_to_wins_over_recipient() -> None:
    """A request may have both `to` and `recipient`."""
    request = parse_request(TEXT | {"recipient": "US.13491208655302741918"})

    assert isinstance(request, SendRequest)
    assert request.address == "15550002222"


def test_a_user_id_in_the_place_of_a_number_is_lost() -> None:
    """A user id in the field `to` is accepted, and the message never arrives."""
    request = parse_request(TEXT | {"to": "US.13491208655302741918"})

    assert isinstance(request, SendRequest)
    assert request.lost


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"messaging_product": "sms"}, 131008),
        ({"to": None}, 131008),
        ({"to": "Ana"}, 131009),
        ({"to": 15550002222}, 100),
        ({"type": "telegram"}, 100),
        ({"type": ["text"]}, 100),
        ({"recipient_type": "group"}, 131009),
        ({"text": None}, 131008),
        ({"text": "Hi"}, 100),
        ({"text": {"body": ""}}, 131008),
        ({"text": {"body": "x" * 4097}}, 100),
        ({"text": {"body": "👋" * 2049}}, 100),
        ({"biz_opaque_callback_data": "x" * 513}, 100),
        ({"context": {}}, 131008),
    ],
)
def test_refused_sends(change: dict, code: int) -> None:
    """Each mistake has Meta's code."""
    with pytest.raises(GraphError) as refused:
        parse_request(TEXT | change)

    assert refused.value.status == 400
    assert refused.value.body["error"]["code"] == code


def test_longest_text_and_reference_pass() -> None:
    """4096 UTF-16 units of text and 512 characters of reference are allowed."""
    request = parse_request(TEXT | {"text": {"body": "👋" * 2048}, "biz_opaque_callback_data": "x" * 512})

    assert isinstance(request, SendRequest)
    assert request.reference == "x" * 512


@pytest.mark.parametrize("data", [None, [], "text", 7])
def test_only_objects_are_requests(data: object) -> None:
    """JSON that is no object is refused."""
    with pytest.raises(GraphError):
        parse_request(data)


def test_read_receipt_with_typing() -> None:
    """A receipt names the message, and may show typing."""
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}

    assert parse_request(receipt) == ReadRequest(message_id="wamid.1")
    assert parse_request(receipt | {"typing_indicator": {"type": "text"}}) == ReadRequest(
        message_id="wamid.1", typing=True
    )


@pytest.mark.parametrize(
    "change", [{"status": "delivered"}, {"message_id": ""}, {"typing_indicator": {"type": "audio"}}]
)
def test_refused_receipts(change: dict) -> None:
    """Only "read", only a known shape."""
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}

    with pytest.raises(GraphError):
        parse_request(receipt | change)
