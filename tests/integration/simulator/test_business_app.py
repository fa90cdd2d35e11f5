"""The echoes of what employees do in the WhatsApp Business app."""

import httpx
import pytest

from support.polling import eventually
from support.simulator import ANA, FakeBusiness, RunningSimulator

BUSINESS_PHONE = "15550001111"


async def echoed(business: FakeBusiness) -> dict:
    """Wait for two changes. Returns the echo in the second."""
    await eventually(lambda: len(business.changes()) == 2)
    change = business.changes()[1]
    [echo] = change["value"]["message_echoes"]
    assert change["field"] == "smb_message_echoes"
    assert (echo["from"], echo["to"]) == (BUSINESS_PHONE, ANA)
    return echo


async def wrote(meta: RunningSimulator, business: FakeBusiness) -> str:
    """An employee writes. Returns the message id when the webhook has the echo."""
    written = await meta.act("human", text="At nin")
    await eventually(business.changes)
    return written


async def test_a_reaction(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The message of the person shows the reaction."""
    question = await meta.write("When do you open?")
    await eventually(business.changes)

    echo_id = await meta.act("human_reactions", message_id=question, emoji="👍")

    echo = await echoed(business)
    assert (echo["id"], echo["type"]) == (echo_id, "reaction")
    assert echo["reaction"] == {"message_id": question, "emoji": "👍"}
    assert (await meta.message(question))["reactions"] == {"business": "👍"}


async def test_an_edit(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The echo has its own id and the new text. The thread shows the new text."""
    written = await wrote(meta, business)

    echo_id = await meta.act("human_edits", message_id=written, text="At nine")

    echo = await echoed(business)
    changed = {"type": "text", "text": {"body": "At nine"}}
    assert (echo["id"], echo["type"]) == (echo_id, "edit")
    assert echo["edit"] == {"original_message_id": written, "message": changed}
    assert await meta.answers() == ["At nine"]


async def test_a_deletion(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The echo has only the id of the deleted message."""
    written = await wrote(meta, business)

    await meta.act("human_revocations", message_id=written)

    echo = await echoed(business)
    assert (echo["type"], echo["revoke"]) == ("revoke", {"original_message_id": written})
    assert (await meta.message(written))["revoked"]


@pytest.mark.parametrize(("action", "more"), [("human_edits", {"text": "Hi"}), ("human_revocations", {})])
async def test_only_messages_of_the_app_can_be_changed(meta: RunningSimulator, *, action: str, more: dict) -> None:
    """Messages of the person and answers of the service cannot be changed."""
    question = await meta.write("When do you open?")
    answered = (await meta.send("At nine")).json()["messages"][0]["id"]

    refused = [
        await meta.http.post(f"/phone/{ANA}/{action}", json={"message_id": one, **more}) for one in (question, answered)
    ]

    assert [answer.status_code for answer in refused] == [httpx.codes.BAD_REQUEST] * 2
