"""What the webhook hears of what somebody of the business does in the WhatsApp Business app."""

import httpx
import pytest

from support.polling import eventually
from support.simulator import ANA, FakeBusiness, RunningSimulator

BUSINESS_PHONE = "15550001111"


async def echoed(business: FakeBusiness) -> dict:
    """The latest echo, of two."""
    await eventually(lambda: len(business.changes()) == 2)
    change = business.changes()[1]
    [echo] = change["value"]["message_echoes"]
    assert change["field"] == "smb_message_echoes"
    assert (echo["from"], echo["to"]) == (BUSINESS_PHONE, ANA)
    return echo


async def wrote(meta: RunningSimulator, business: FakeBusiness) -> str:
    """A colleague wrote, and the webhook has heard of it."""
    said = await meta.act("human", text="At nin")
    await eventually(business.changes)
    return said


async def test_a_reaction(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The bubble of the person has it."""
    asked = await meta.write("When do you open?")
    await eventually(business.changes)

    told = await meta.act("human_reactions", message_id=asked, emoji="👍")

    echo = await echoed(business)
    assert (echo["id"], echo["type"]) == (told, "reaction")
    assert echo["reaction"] == {"message_id": asked, "emoji": "👍"}
    assert (await meta.message(asked))["reactions"] == {"business": "👍"}


async def test_an_edit(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The new words under an id of their own; the bubble has them."""
    said = await wrote(meta, business)

    told = await meta.act("human_edits", message_id=said, text="At nine")

    echo = await echoed(business)
    changed = {"type": "text", "text": {"body": "At nine"}}
    assert (echo["id"], echo["type"]) == (told, "edit")
    assert echo["edit"] == {"original_message_id": said, "message": changed}
    assert await meta.answers() == ["At nine"]


async def test_a_deletion(meta: RunningSimulator, business: FakeBusiness) -> None:
    """Only the id of what is gone."""
    said = await wrote(meta, business)

    await meta.act("human_revocations", message_id=said)

    echo = await echoed(business)
    assert (echo["type"], echo["revoke"]) == ("revoke", {"original_message_id": said})
    assert (await meta.message(said))["revoked"]


@pytest.mark.parametrize(("action", "more"), [("human_edits", {"text": "Hi"}), ("human_revocations", {})])
async def test_only_what_was_written_by_hand(meta: RunningSimulator, *, action: str, more: dict) -> None:
    """Neither the person's words nor an answer of the service."""
    asked = await meta.write("When do you open?")
    answered = (await meta.send("At nine")).json()["messages"][0]["id"]

    refused = [
        await meta.http.post(f"/phone/{ANA}/{action}", json={"message_id": one, **more}) for one in (asked, answered)
    ]

    assert [answer.status_code for answer in refused] == [httpx.codes.BAD_REQUEST] * 2
