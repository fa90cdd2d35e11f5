"""Meta's wire format: the envelope, the escaping, the signature."""

import json

from simulator.state.business import BusinessNumber
from simulator.webhooks.wire import Change, encode, number_value, signature, webhook

BUSINESS = BusinessNumber(
    access_token="fake-token", app_secret="fake-secret", verify_token="fake-verify", webhook_url="http://127.0.0.1:9/"
)


def news(wamid: str) -> Change:
    return Change(field="messages", value=number_value(BUSINESS, contacts=[{"wa_id": "1"}], messages=[{"id": wamid}]))


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


def test_one_change_is_one_entry() -> None:
    """The envelope has the account and the number. Entries with messages have no time."""
    payload = json.loads(webhook(BUSINESS, [news("wamid.1")]))

    assert payload["object"] == "whatsapp_business_account"
    [entry] = payload["entry"]
    assert set(entry) == {"id", "changes"}
    [change] = entry["changes"]
    assert change["field"] == "messages"
    assert change["value"]["messaging_product"] == "whatsapp"
    assert change["value"]["metadata"] == {
        "display_phone_number": "15550001111",
        "phone_number_id": "100000000000001",
    }


def test_a_batch_has_several_of_everything() -> None:
    """Entries, changes and values hold two items each. Contacts are not repeated, and nothing is lost."""
    payload = json.loads(webhook(BUSINESS, [news(f"wamid.{number}") for number in range(7)]))

    values = [[change["value"] for change in entry["changes"]] for entry in payload["entry"]]
    assert [[len(value["messages"]) for value in entry] for entry in values] == [[2, 2], [2, 1]]
    assert values[0][0]["contacts"] == [{"wa_id": "1"}]
    ids = [message["id"] for entry in values for value in entry for message in value["messages"]]
    assert ids == [f"wamid.{number}" for number in range(7)]


def test_messages_and_statuses_may_share_a_value() -> None:
    """One value may have both messages and statuses."""
    status = Change(field="messages", value=number_value(BUSINESS, statuses=[{"id": "wamid.2"}]))

    payload = json.loads(webhook(BUSINESS, [news("wamid.1"), status]))

    [change] = payload["entry"][0]["changes"]
    assert change["value"]["messages"] == [{"id": "wamid.1"}]
    assert change["value"]["statuses"] == [{"id": "wamid.2"}]


def test_other_fields_keep_to_themselves() -> None:
    """An account event is a change of its own, and its entry has the time."""
    notice = Change(field="account_update", value={"event": "ACCOUNT_DELETED"}, at=1790000000)

    [entry] = json.loads(webhook(BUSINESS, [news("wamid.1"), notice]))["entry"]

    assert [change["field"] for change in entry["changes"]] == ["messages", "account_update"]
    assert entry["changes"][1]["value"] == {"event": "ACCOUNT_DELETED"}
    assert entry["time"] == 1790000000
