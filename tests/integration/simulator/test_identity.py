"""People who hide their number, and people who change their number, user id or security code."""

import pytest

from simulator.state.phones import UnknownPhoneError
from support.polling import eventually
from support.simulator import ANA, FakeBusiness, RunningSimulator

NEW = "15550009999"


@pytest.fixture
async def user_id(meta: RunningSimulator) -> str:
    """Ana's business-scoped user id; she hides her number."""
    await meta.change_phone(hides_number=True)
    return meta.simulator.phones[ANA].person.user_id


async def test_a_message_without_a_number(meta: RunningSimulator, business: FakeBusiness, user_id: str) -> None:
    """The call has no `from`, no `wa_id`, and nowhere the number."""
    await meta.write("Hi")

    await eventually(business.messages)
    assert "from" not in business.messages()[0]
    assert business.messages()[0]["from_user_id"] == user_id
    assert business.values()[0]["contacts"] == [
        {"profile": {"name": "Ana", "username": "ana.example"}, "user_id": user_id}
    ]
    assert ANA.encode() not in business.calls[0]


async def test_statuses_without_a_number(meta: RunningSimulator, business: FakeBusiness, user_id: str) -> None:
    """A status has only `recipient_user_id`."""
    await meta.control(status_delay_seconds=0)
    message = {"messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": {"body": "Hello"}}

    answer = await meta.http.post(f"{meta.number_url}/messages", json=message)

    await eventually(lambda: len(business.statuses()) == 2)
    assert answer.json()["contacts"] == [{"input": user_id, "user_id": user_id}]
    assert await meta.answers() == ["Hello"]
    assert {status["recipient_user_id"] for status in business.statuses()} == {user_id}
    assert not any("recipient_id" in status for status in business.statuses())


async def test_an_echo_without_a_number(meta: RunningSimulator, business: FakeBusiness, user_id: str) -> None:
    """An echo has only `to_user_id`."""
    await meta.act("human", text="Hello")

    await eventually(business.changes)
    [echo] = business.values()[0]["message_echoes"]
    assert "to" not in echo
    assert echo["to_user_id"] == user_id


async def test_a_new_phone_can_hide_its_number(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A phone can hide its number from the start."""
    await meta.http.put(f"/phone/{NEW}", json={"name": "Kim", "hides_number": True})

    await meta.write("Hi", number=NEW)

    await eventually(business.messages)
    assert "from" not in business.messages()[0]


async def test_a_user_id_in_the_place_of_a_number_goes_nowhere(
    meta: RunningSimulator, business: FakeBusiness, user_id: str
) -> None:
    """Meta answers 200, and then nothing ever happens."""
    answer = await meta.send("Hello", to=user_id)
    await meta.write("Hi")

    await eventually(business.messages)
    assert answer.status_code == 200
    assert await meta.answers() == []
    assert business.statuses() == []


async def test_a_change_of_number(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The webhook gets a system message from the old number and a change of the user id. The thread stays."""
    await meta.write("Hi")
    before = meta.simulator.phones[ANA].person.user_id

    await meta.http.post(f"/phone/{ANA}/number", json={"number": f"+{NEW}"})

    await eventually(lambda: len(business.changes()) == 3)
    changes = {change["field"]: change["value"] for change in business.changes()}
    after = meta.simulator.phones[NEW].person.user_id
    [system] = changes["messages"]["messages"]
    [update] = changes["user_id_update"]["user_id_update"]
    assert "contacts" not in changes["messages"]
    assert (system["type"], system["from"], system["from_user_id"]) == ("system", ANA, before)
    assert system["system"] == {
        "type": "user_changed_number",
        "body": f"User Ana changed from {ANA} to {NEW}",
        "wa_id": NEW,
        "user_id": after,
    }
    assert (update["wa_id"], update["user_id"]) == (NEW, {"previous": before, "current": after})
    assert [message["body"] for message in await meta.thread(number=NEW)] == ["Hi"]
    assert (await meta.http.get(f"/phone/{ANA}/messages")).status_code == 404


async def test_a_change_of_a_hidden_number(meta: RunningSimulator, business: FakeBusiness, user_id: str) -> None:
    """The webhook gets only the user ids."""
    await meta.http.post(f"/phone/{ANA}/number", json={"number": NEW})

    await eventually(lambda: len(business.changes()) == 2)
    [system] = next(value["messages"] for value in business.values() if "messages" in value)
    assert system["system"]["type"] == "user_changed_user_id"
    assert system["from_user_id"] == user_id
    assert not any(ANA.encode() in body or NEW.encode() in body for body in business.calls)


async def test_another_user_id_alone(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The change has its own webhook field. Number and thread stay, and the old user id reaches nobody."""
    before = meta.simulator.phones[ANA].person.user_id

    message_id = await meta.act("user_ids")
    await meta.write("Hi")

    await eventually(business.messages)
    [change] = [change for change in business.changes() if change["field"] != "messages"]
    [update] = change["value"]["user_id_update"]
    after = meta.simulator.phones[ANA].person.user_id
    assert change["field"] == "user_id_update"
    assert before != after
    assert (update["wa_id"], update["user_id"]) == (ANA, {"previous": before, "current": after})
    assert [(one["from"], one["from_user_id"]) for one in business.messages()] == [(ANA, after)]
    assert [(one["id"] == message_id, one["type"]) for one in await meta.thread()] == [
        (True, "system"),
        (False, "text"),
    ]
    with pytest.raises(UnknownPhoneError):
        meta.simulator.phones[before]


async def test_another_user_id_of_who_hides_the_number(
    meta: RunningSimulator, business: FakeBusiness, user_id: str
) -> None:
    """The webhook gets only user ids, and each change gives another one."""
    await meta.act("user_ids")
    await meta.act("user_ids")

    await eventually(lambda: len(business.changes()) == 2)
    first, second = [value["user_id_update"][0] for value in business.values()]
    assert first["user_id"]["previous"] == user_id
    assert second["user_id"]["previous"] == first["user_id"]["current"]
    assert second["user_id"]["current"] not in (user_id, first["user_id"]["current"])
    assert not any(ANA.encode() in body for body in business.calls)


async def test_another_security_code(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The webhook gets a system message without contacts, and the person stays the same."""
    before = meta.simulator.phones[ANA].person

    message_id = await meta.act("security_codes")

    await eventually(business.messages)
    [value] = business.values()
    [system] = value["messages"]
    assert "contacts" not in value
    assert (system["id"], system["type"], system["from"]) == (message_id, "system", ANA)
    assert system["system"]["type"] == "customer_identity_changed"
    assert set(system["identity"]) == {"acknowledged", "created_timestamp", "hash"}
    assert meta.simulator.phones[ANA].person == before


async def test_the_old_number_reaches_nobody(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A send to the old number fails as undeliverable."""
    await meta.http.post(f"/phone/{ANA}/number", json={"number": NEW})
    await meta.send("Hello?", to=f"+{ANA}")

    await eventually(business.statuses)
    assert business.statuses()[0]["errors"][0]["code"] == 131026
    assert await meta.answers(number=NEW) == []
