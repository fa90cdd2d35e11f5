"""The webhook calls for replies, reactions, taps, forms, edits and deletions."""

import json

from support.simulator import ANA, FakeBusiness, RunningSimulator

BUSINESS_PHONE = "15550001111"
BUTTONS = {
    "type": "button",
    "body": {"text": "Tea or coffee?"},
    "action": {
        "buttons": [
            {"type": "reply", "reply": {"id": "tea", "title": "Tea"}},
            {"type": "reply", "reply": {"id": "coffee", "title": "Coffee"}},
        ]
    },
}
LIST = {
    "type": "list",
    "body": {"text": "When?"},
    "action": {
        "button": "Times",
        "sections": [{"title": "Today", "rows": [{"id": "t9", "title": "9:00", "description": "early"}]}],
    },
}
FLOW = {
    "type": "flow",
    "body": {"text": "Book a table"},
    "action": {
        "name": "flow",
        "parameters": {
            "flow_message_version": "3",
            "flow_id": "1",
            "flow_cta": "Book",
            "flow_token": "token-1",
        },
    },
}


async def sent(meta: RunningSimulator, kind: str, content: object, **fields: object) -> str:
    answer = await meta.send_content(kind, content, **fields)
    return str(answer.raise_for_status().json()["messages"][0]["id"])


async def test_a_reply_names_what_it_quotes(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The context has the id and the author of the quoted message, not its text."""
    own = await meta.write("first")
    theirs = await sent(meta, "text", {"body": "Hello"})

    await meta.write_message(text="to you", reply_to=theirs)
    await meta.write_message(text="to myself", reply_to=own)

    assert (await business.received(2))["context"] == {"from": BUSINESS_PHONE, "id": theirs}
    assert (await business.received(3))["context"] == {"from": ANA, "id": own}


async def test_reactions_come_and_go(meta: RunningSimulator, business: FakeBusiness) -> None:
    """An empty emoji removes the reaction. The message shows its reactions, and the thread gets no new message."""
    theirs = await sent(meta, "text", {"body": "Hello"})

    await meta.act("reactions", message_id=theirs, emoji="👍")
    shown = (await meta.message(theirs))["reactions"]
    await meta.act("reactions", message_id=theirs, emoji="")

    assert (await business.received(1))["reaction"] == {"message_id": theirs, "emoji": "👍"}
    assert (await business.received(2))["reaction"] == {"message_id": theirs, "emoji": ""}
    assert shown == {"person": "👍"}
    assert [(one["id"], one["reactions"]) for one in await meta.thread()] == [(theirs, {})]


async def test_a_button_is_tapped(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The answer has the id and the title of the button, and the context names the question."""
    question = await sent(meta, "interactive", BUTTONS)

    await meta.act("taps", message_id=question, choice="coffee")

    message = await business.received()
    assert message["type"] == "interactive"
    assert message["interactive"] == {"type": "button_reply", "button_reply": {"id": "coffee", "title": "Coffee"}}
    assert message["context"] == {"from": BUSINESS_PHONE, "id": question}


async def test_a_row_is_tapped(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The answer has the id, the title and the description of the row."""
    question = await sent(meta, "interactive", LIST)

    await meta.act("taps", message_id=question, choice="t9")

    row = {"id": "t9", "title": "9:00", "description": "early"}
    assert (await business.received())["interactive"] == {"type": "list_reply", "list_reply": row}


async def test_a_quick_reply_of_a_template_is_tapped(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The answer has its own type, and the payload of the business."""
    approved = {"body": "Still coming, {{1}}?", "buttons": ["Yes", "No"]}
    (await meta.http.put("/control/templates/reminder", json=approved)).raise_for_status()
    template = {
        "name": "reminder",
        "language": {"code": "en_US"},
        "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Ana"}]},
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": "1",
                "parameters": [{"type": "payload", "payload": "cancel-7"}],
            },
        ],
    }
    question = await sent(meta, "template", template)

    await meta.act("taps", message_id=question, choice="cancel-7")

    message = await business.received()
    assert (message["type"], message["button"]) == ("button", {"payload": "cancel-7", "text": "No"})
    assert message["context"]["id"] == question
    assert (await meta.message(question))["body"] == "Still coming, Ana?"


async def test_a_form_is_filled(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The values are JSON in a string, with the token of the flow."""
    question = await sent(meta, "interactive", FLOW)

    await meta.act("forms", message_id=question, values={"guests": 2})

    reply = (await business.received())["interactive"]
    assert reply["type"] == "nfm_reply"
    assert (reply["nfm_reply"]["name"], reply["nfm_reply"]["body"]) == ("flow", "Sent")
    assert json.loads(reply["nfm_reply"]["response_json"]) == {"flow_token": "token-1", "guests": 2}


async def test_an_edit(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The edit has its own id. The thread shows the new text."""
    first = await meta.write("Two, pleas")

    edit = await meta.act("edits", message_id=first, text="Two, please")

    message = await business.received(2)
    assert message["id"] == edit != first
    changed = {"type": "text", "text": {"body": "Two, please"}}
    assert message["edit"] == {"original_message_id": first, "message": changed}
    shown = await meta.message(first)
    assert (shown["body"], shown["edited"]) == ("Two, please", True)


async def test_a_deletion_for_everyone(meta: RunningSimulator, business: FakeBusiness) -> None:
    """The deletion has only the id of the deleted message."""
    first = await meta.write("Oops")

    await meta.act("revocations", message_id=first)

    message = await business.received(2)
    assert (message["type"], message["revoke"]) == ("revoke", {"original_message_id": first})
    assert (await meta.message(first))["revoked"]


async def test_reading_a_reaction_is_reading_all(meta: RunningSimulator, business: FakeBusiness) -> None:
    """A read receipt may name a reaction, which is no message of the thread."""
    first = await meta.write("Hi")
    reaction = await meta.act("reactions", message_id=first, emoji="🙏")

    answer = await meta.acknowledge(reaction)

    assert answer.json() == {"success": True}
    assert (await meta.message(first))["status"] == "read"


async def test_only_ones_own_texts_can_be_edited(meta: RunningSimulator) -> None:
    """A person cannot edit a message of the business or a photo, and cannot tap a choice that does not exist."""
    theirs = await sent(meta, "interactive", BUTTONS)
    photo = await meta.write_message(type="image")

    edits = [
        await meta.http.post(f"/phone/{ANA}/edits", json={"message_id": one, "text": "x"}) for one in (theirs, photo)
    ]
    tapped = await meta.http.post(f"/phone/{ANA}/taps", json={"message_id": theirs, "choice": "milk"})
    filled = await meta.http.post(f"/phone/{ANA}/forms", json={"message_id": theirs, "values": {}})

    assert {answer.status_code for answer in (*edits, tapped, filled)} == {400}
