"""Messages of people in groups, and the delivery statuses of messages to a group."""

import pytest

from simulator.state.groups import SAMPLE_GROUP
from support.polling import eventually
from support.simulator import ANA, BEN, FakeBusiness, RunningSimulator

TEA = "Y2FwaV9ncm91cDp0ZWE"


async def send_to_group(meta: RunningSimulator, body: str, *, to: str = TEA, **fields: object) -> str:
    """The business writes to a group; the id of the message."""
    answer = await meta.send(body, to=to, recipient_type="group", **fields)
    assert answer.json()["contacts"] == [{"input": to, "wa_id": to}]
    return str(answer.json()["messages"][0]["id"])


@pytest.mark.parametrize(("group", "group_id"), [(True, SAMPLE_GROUP), (TEA, TEA)])
async def test_somebody_writes_in_a_group(
    meta: RunningSimulator, business: FakeBusiness, *, group: object, group_id: str
) -> None:
    """The webhook and the thread have the id of the group."""
    await meta.write_message(text="Who is coming?", group=group)

    await business.received()
    [message] = business.messages()
    [shown] = await meta.thread()
    assert (message["from"], message["group_id"]) == (ANA, group_id)
    assert message["text"] == {"body": "Who is coming?"}
    assert shown["group_id"] == group_id
    assert business.forged == 0


async def test_annotations_belong_to_the_group(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A file, a reaction, an edit and a deletion belong to the group. A message outside of it does not."""
    first = await meta.write_message(text="Two, pleas", group=TEA)
    await meta.write_message(type="image", group=TEA)
    await meta.act("reactions", message_id=first, emoji="👍")
    await meta.act("edits", message_id=first, text="Two, please")
    await meta.act("revocations", message_id=first)
    await meta.write("And I alone")

    await business.received(6)
    messages = business.messages()
    assert [message["type"] for message in messages] == ["text", "image", "reaction", "edit", "revoke", "text"]
    assert [message.get("group_id") for message in messages] == [TEA] * 5 + [None]


async def test_a_group_opens_nobodys_window(meta: RunningSimulator) -> None:
    """A message in a group does not open the 24-hour window of its author."""
    await meta.control(strict_window=True)
    await meta.write_message(text="Hello all", group=TEA)

    assert (await meta.send("Hello Ana")).json()["error"]["code"] == 131047


async def test_a_group_is_read_apart(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A read receipt covers either the messages of the group or those outside of it, and no system message."""
    together = await meta.write_message(text="Hello all", group=TEA)
    note = await meta.act("security_codes")
    alone = await meta.write("Hello")
    await business.received(3)

    await meta.acknowledge(alone)
    once = [(await meta.message(one))["status"] for one in (together, note, alone)]
    await meta.acknowledge(together)
    twice = [(await meta.message(one))["status"] for one in (together, note, alone)]

    assert once == ["delivered", "delivered", "read"]
    assert twice == ["read", "delivered", "read"]


async def test_statuses_of_a_group(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Each status comes in one call for all members. A member who hides the number has only the user id."""
    await meta.control(status_delay_seconds=0.01)
    await meta.change_phone(number=BEN, hides_number=True)
    await meta.write_message(text="Who is coming?", group=TEA)
    await meta.write_message(text="I am", number=BEN, group=TEA)

    wamid = await send_to_group(meta, "Tea is ready", biz_opaque_callback_data="job-1")
    await eventually(lambda: len(business.statuses()) == 4)
    await meta.http.post(f"/phone/{BEN}/read")
    await eventually(lambda: len(business.statuses()) == 5)

    people = [meta.simulator.phones[number].person.user_id for number in (ANA, BEN)]
    values = [value for value in business.values() if "statuses" in value]
    steps = [
        [(status["status"], status["recipient_participant_user_id"]) for status in value["statuses"]]
        for value in values
    ]
    common = {(one["id"], one["recipient_id"], one["recipient_type"]) for one in business.statuses()}
    assert steps == [*([(step, one) for one in people] for step in ("sent", "delivered")), [("read", people[1])]]
    assert common == {(wamid, TEA, "group")}
    assert {one.get("recipient_participant_id") for one in business.statuses()} == {ANA, None}
    assert {one["biz_opaque_callback_data"] for one in business.statuses()} == {"job-1"}
    assert [len(value["contacts"]) for value in values] == [2, 2, 1]


async def test_everybody_of_the_group_sees_it(meta: RunningSimulator) -> None:
    """A person who has not written in the group does not get the message."""
    await meta.write_message(text="Who is coming?", group=TEA)

    await send_to_group(meta, "Tea is ready")

    assert (await meta.answers(), await meta.answers(number=BEN)) == (["Tea is ready"], [])


@pytest.mark.parametrize(("to", "settings", "code"), [("nobody", {}, 131026), (TEA, {"fail_later": 1}, 131026)])
async def test_a_failure_in_a_group(
    meta: RunningSimulator, business: FakeBusiness, *, to: str, settings: dict, code: int
) -> None:
    """A group without members and a later failure give one status without members."""
    await meta.control(status_delay_seconds=0, **settings)
    await meta.write_message(text="Who is coming?", group=TEA)

    await send_to_group(meta, "Tea is ready", to=to)

    await eventually(business.statuses)
    [status] = business.statuses()
    assert (status["status"], status["errors"][0]["code"]) == ("failed", code)
    assert (status["recipient_id"], status["recipient_type"]) == (to, "group")


@pytest.mark.parametrize("kind", ["interactive", "reaction", "location"])
async def test_other_types_are_refused_in_a_group(meta: RunningSimulator, kind: str) -> None:
    """A group takes only texts, files and templates."""
    answer = await meta.send_content(kind, {}, to=TEA, recipient_type="group")

    assert answer.json()["error"]["code"] == 100


async def test_a_number_is_no_group(meta: RunningSimulator) -> None:
    """A wrong group id is refused, and nobody gets the message."""
    answer = await meta.send("Hello", recipient_type="group")

    assert answer.json()["error"]["code"] == 131009
    assert await meta.answers() == []
