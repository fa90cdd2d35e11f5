"""Meta's wire format, against what its documentation gives."""

import json

from entrypoints.simulator.business import BusinessNumber, Person
from entrypoints.simulator.phones import Author, ChatMessage, Tick
from entrypoints.simulator.wire import encode, message_webhook, signature, status_webhook

ANA = Person(number="15550002222", name="Ana")
BUSINESS = BusinessNumber(
    access_token="fake-token", app_secret="fake-secret", verify_token="fake-verify", webhook_url="http://127.0.0.1:9/"
)


def value_of(body: bytes) -> dict:
    return json.loads(body)["entry"][0]["changes"][0]["value"]


def test_signature_of_the_known_vector() -> None:
    """HMAC-SHA256 over the raw bytes, as lower-case hexadecimal digits."""
    body = b'{"object":"whatsapp_business_account","entry":[]}'

    signed = signature(body, app_secret="test_app_secret")

    assert signed == "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"


def test_escaping() -> None:
    """Bytes on the wire are ASCII, with slashes and a few more characters escaped, and read back unchanged."""
    text = "äöå 👋 https://x.example/a?b=100% <i>a@b</i> \\/"

    body = encode({"text": text})

    assert b"\\u00e4\\u00f6\\u00e5 \\ud83d\\udc4b https:\\/\\/x.example" in body
    assert not set(b"<@%").intersection(body)
    assert json.loads(body) == {"text": text}


def test_message_webhook_has_both_identities() -> None:
    """A message carries number and business-scoped id, in contact and message, and a textual timestamp."""
    message = ChatMessage(number=ANA.number, author=Author.PERSON, body="Hi", id="wamid.1", at=1790000000.9)

    value = value_of(message_webhook(BUSINESS, ANA, message))

    assert value["metadata"] == {"display_phone_number": "15550001111", "phone_number_id": "100000000000001"}
    assert value["contacts"] == [{"profile": {"name": "Ana"}, "wa_id": ANA.number, "user_id": ANA.user_id}]
    assert value["messages"] == [
        {
            "from": ANA.number,
            "from_user_id": ANA.user_id,
            "id": "wamid.1",
            "timestamp": "1790000000",
            "type": "text",
            "text": {"body": "Hi"},
        }
    ]


def test_status_webhook_echoes_the_reference() -> None:
    """What the business attached to a send comes back with each status."""
    message = ChatMessage(number=ANA.number, author=Author.BUSINESS, body="Hi", reference="turn/0", id="wamid.2")

    status = value_of(status_webhook(BUSINESS, ANA, message, Tick.READ, at=1790000000))["statuses"][0]

    assert status == {
        "id": "wamid.2",
        "status": "read",
        "timestamp": "1790000000",
        "recipient_id": ANA.number,
        "recipient_user_id": ANA.user_id,
        "biz_opaque_callback_data": "turn/0",
    }


def test_failed_status_says_why_and_has_no_contacts() -> None:
    """A message nobody can receive fails with Meta's code for that."""
    message = ChatMessage(number="15559999999", author=Author.BUSINESS, body="Hi")

    value = value_of(status_webhook(BUSINESS, None, message, Tick.FAILED, at=1790000000))

    assert "contacts" not in value
    assert value["statuses"][0]["errors"][0]["code"] == 131026
