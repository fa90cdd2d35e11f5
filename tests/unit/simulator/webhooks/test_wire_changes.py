"""Webhook changes about messages, compared with the examples in Meta's documentation."""

from simulator.state.business import BusinessNumber, Person
from simulator.state.chat_messages import Author, ChatMessage, DeliveryStatus
from simulator.webhooks.wire_changes import message_change, status_change

ANA = Person(number="15550002222", name="Ana")
BUSINESS = BusinessNumber(
    access_token="fake-token", app_secret="fake-secret", verify_token="fake-verify", webhook_url="http://127.0.0.1:9/"
)


def test_a_message_has_both_identities() -> None:
    """Contact and message have the number and the user id. The timestamp is a text."""
    message = ChatMessage(
        number=ANA.number, author=Author.PERSON, body="Hi", content={"body": "Hi"}, id="wamid.1", at=1790000000.9
    )

    change = message_change(BUSINESS, ANA, message)

    assert change.field == "messages"
    assert change.value["contacts"] == [{"profile": {"name": "Ana"}, "wa_id": ANA.number, "user_id": ANA.user_id}]
    assert change.value["messages"] == [
        {
            "from": ANA.number,
            "from_user_id": ANA.user_id,
            "id": "wamid.1",
            "timestamp": "1790000000",
            "type": "text",
            "text": {"body": "Hi"},
        }
    ]


def test_a_user_id_does_not_tell_the_number() -> None:
    """A user id has two letters, a dot and digits. Another number has another one."""
    country, _, digits = ANA.user_id.partition(".")

    assert (country, len(digits), digits.isdigit()) == ("US", 20, True)
    assert ANA.number not in ANA.user_id
    assert ANA.user_id != Person(number="15550002223", name="Ana").user_id


def test_a_status_echoes_the_reference() -> None:
    """Each status has the reference that the business attached to the send."""
    message = ChatMessage(number=ANA.number, author=Author.BUSINESS, body="Hi", reference="turn/0", id="wamid.2")

    [status] = status_change(BUSINESS, ANA, message, DeliveryStatus.READ, at=1790000000).value["statuses"]

    assert status == {
        "id": "wamid.2",
        "status": "read",
        "timestamp": "1790000000",
        "recipient_id": ANA.number,
        "recipient_user_id": ANA.user_id,
        "biz_opaque_callback_data": "turn/0",
    }


def test_a_failure_says_why_and_has_no_contacts() -> None:
    """A message that nobody can receive fails with Meta's code."""
    message = ChatMessage(number="15559999999", author=Author.BUSINESS, body="Hi")

    value = status_change(BUSINESS, None, message, DeliveryStatus.FAILED, at=1790000000).value

    assert "contacts" not in value
    assert value["statuses"][0]["errors"][0]["code"] == 131026
