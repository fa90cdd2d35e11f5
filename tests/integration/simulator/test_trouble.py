"""Every fault of Meta, on demand."""

import json

import pytest

from simulator.webhooks.meta_errors import ERRORS
from support.polling import eventually
from support.simulator import ANA, BEN, FakeBusiness, RunningSimulator


@pytest.mark.parametrize("code", sorted(ERRORS))
async def test_each_error_on_demand(meta: RunningSimulator, code: int) -> None:
    """The error has Meta's title and its usual HTTP status."""
    await meta.control(fail_sends=1, fail_code=code)

    answer = await meta.send("Hello")

    assert answer.status_code == ERRORS[code].status
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"] == f"(#{code}) {ERRORS[code].title}"
    assert (await meta.send("Hello")).status_code == 200


async def test_only_one_person_is_refused(meta: RunningSimulator) -> None:
    """Sends to other people are accepted."""
    await meta.control(fail_sends=10, fail_code=131056, fail_to=ANA)

    assert [(await meta.send("Hello", to=to)).status_code for to in (ANA, BEN, ANA, BEN)] == [400, 200, 400, 200]


async def test_a_refusal_may_be_a_page(meta: RunningSimulator) -> None:
    """A refusal may be an HTML page, as a proxy sends it."""
    await meta.control(fail_sends=1, fail_status=502, fail_as="html")

    answer = await meta.send("Hello")

    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")


async def test_the_data_of_an_error_may_be_text(meta: RunningSimulator) -> None:
    """The error data may be a text instead of an object."""
    await meta.control(fail_sends=1, fail_as="text")

    assert (await meta.send("Hello")).json()["error"]["error_data"] == "Refused on purpose"


async def test_a_send_fails_after_its_acceptance(meta: RunningSimulator, business: FakeBusiness) -> None:
    """One send fails later, with the code of the control and the reference of the business. It is not delivered."""
    await meta.control(fail_later=1, fail_later_code=131049, status_delay_seconds=0)

    answers = [await meta.send(words, biz_opaque_callback_data=words) for words in ("one", "two")]

    await eventually(lambda: len(business.statuses()) == 3)
    statuses = {(status["status"], status["biz_opaque_callback_data"]) for status in business.statuses()}
    [failed] = [status for status in business.statuses() if status["status"] == "failed"]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert statuses == {("failed", "one"), ("sent", "two"), ("delivered", "two")}
    assert (failed["errors"][0]["code"], failed["recipient_id"]) == (131049, ANA)


async def test_statuses_come_the_wrong_way_round(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Delivered before sent."""
    await meta.control(statuses_reversed=True, status_delay_seconds=0)

    await meta.send("Hello")

    await eventually(lambda: [status["status"] for status in business.statuses()] == ["delivered", "sent"])


async def test_statuses_come_twice(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Each status comes twice."""
    await meta.control(statuses_twice=True, status_delay_seconds=0)

    await meta.send("Hello")

    await eventually(lambda: len(business.statuses()) == 4)
    assert sorted(status["status"] for status in business.statuses()) == ["delivered", "delivered", "sent", "sent"]


async def test_webhooks_come_in_batches(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Ten messages of two people come in one call with several entries. Its answer delivers all of them."""
    await meta.control(batch=10, batch_seconds=60)

    for number in range(5):
        await meta.write(f"Ana {number}", number=ANA)
        await meta.write(f"Ben {number}", number=BEN)

    await eventually(lambda: len(business.messages()) == 10)
    ticks = {message["status"] for number in (ANA, BEN) for message in await meta.thread(number=number)}
    assert len(business.calls) == 1
    assert business.forged == 0
    assert len(json.loads(business.calls[0])["entry"]) == 3
    assert ticks == {"delivered"}


async def test_a_batch_does_not_wait_for_ever(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A batch goes out after its time, or as soon as batches are off. Messages and statuses share it."""
    await meta.control(batch=100, batch_seconds=0.2, status_delay_seconds=0)
    await meta.write("one")
    await meta.send("Hello")
    await eventually(lambda: len(business.statuses()) == 2 and len(business.messages()) == 1)

    await meta.control(batch=100, batch_seconds=60)
    await meta.write("two")
    await meta.control()

    await eventually(lambda: len(business.messages()) == 2)
    assert len(business.calls) == 2


async def test_too_many_messages_for_one_person(meta: RunningSimulator) -> None:
    """45 messages to one person are accepted, then none. Other people are not affected."""
    await meta.control(pair_limit=True, statuses=False)

    answers = [await meta.send(str(number)) for number in range(46)]
    to_ben = await meta.send("Hello", to=BEN)

    assert [answer.status_code for answer in answers] == [200] * 45 + [400]
    assert answers[-1].json()["error"]["code"] == 131056
    assert to_ben.status_code == 200


async def test_too_many_messages_of_the_number(meta: RunningSimulator) -> None:
    """The limit of the number counts the sends to all people."""
    await meta.control(messages_per_second=1, statuses=False)

    answers = [await meta.send("Hello", to=to) for to in (ANA, BEN)]

    assert answers[0].status_code == 200
    assert answers[1].json()["error"]["code"] == 130429


@pytest.mark.parametrize("field", ["account_update", "user_preferences"])
async def test_events_about_the_account(meta: RunningSimulator, business: FakeBusiness, field: str) -> None:
    """The event has its own field, and its entry has the time."""
    await meta.send_account_event(field)

    await eventually(business.calls.copy)
    [entry] = json.loads(business.calls[0])["entry"]
    assert [change["field"] for change in entry["changes"]] == [field]
    assert isinstance(entry["time"], int)


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("calls", "calls"),
        ("history", "history"),
        ("smb_app_state_sync", "state_sync"),
        ("group_participants_update", "groups"),
    ],
)
async def test_events_about_people(meta: RunningSimulator, business: FakeBusiness, field: str, key: str) -> None:
    """The event is about the number, so its entry has no time."""
    await meta.send_account_event(field)

    await eventually(business.calls.copy)
    [entry] = json.loads(business.calls[0])["entry"]
    [change] = entry["changes"]
    assert (change["field"], len(change["value"][key])) == (field, 1)
    assert change["value"]["metadata"]["phone_number_id"] == "100000000000001"
    assert "time" not in entry


async def test_errors_of_the_account(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The errors come in the field `messages`, without messages."""
    await meta.send_account_event("messages")

    await eventually(business.calls.copy)
    [value] = business.values()
    assert value["errors"][0]["code"] == 131016
    assert "messages" not in value


async def test_any_account_event(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Any field can be sent with a value. Without a value, there must be an example."""
    await meta.send_account_event("security", {"event": "PIN_CHANGED"})

    await eventually(business.calls.copy)
    unknown = await meta.http.post("/control/account_events", json={"field": "security"})
    assert business.changes() == [{"field": "security", "value": {"event": "PIN_CHANGED"}}]
    assert unknown.status_code == 400


async def test_an_unknown_phone_has_no_settings(meta: RunningSimulator) -> None:
    """404 for a number nobody has."""
    assert (await meta.http.put("/control/phones/15550009999", json={})).status_code == 404
