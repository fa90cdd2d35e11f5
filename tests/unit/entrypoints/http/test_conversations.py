"""Operators take over, write first, and let a number go on."""

import pytest
from attrs import evolve

from application.channels import Channels
from domain.parts import TemplatePart
from domain.replies import Reply, ReplyKind
from support.http_services import OPERATOR, Backstage, whatsapp

ANA = "/v1/conversations/whatsapp:15550001111"
MESSAGES = "/v1/channels/whatsapp/messages"
TEMPLATE = {"template": {"name": "hello", "language": "en_US", "parameters": ["Ana"]}}
KEYED = {**OPERATOR, "Idempotency-Key": "order-1"}


async def test_a_conversation_nobody_knows_is_blank() -> None:
    """Anybody might write."""
    async with Backstage().client() as client:
        answer = await client.get(ANA, headers=OPERATOR)

    assert answer.status_code == 200
    assert answer.json() == {
        "channel": "whatsapp",
        "user": "15550001111",
        "heard_at": None,
        "window_open": True,
        "human": False,
        "human_until": None,
        "session": 0,
    }


@pytest.mark.parametrize(("query", "until"), [("", None), ("?seconds=60", 1_800_000_060.0)])
async def test_taking_over_and_giving_back(query: str, until: float | None) -> None:
    """For a time, or until told."""
    async with Backstage().client() as client:
        taken = await client.post(f"{ANA}/human{query}", headers=OPERATOR)
        during = (await client.get(ANA, headers=OPERATOR)).json()
        given = await client.delete(f"{ANA}/human", headers=OPERATOR)
        after = (await client.get(ANA, headers=OPERATOR)).json()

    assert (taken.status_code, given.status_code) == (204, 204)
    assert (during["human"], during["human_until"]) == (True, until)
    assert (after["human"], after["human_until"]) == (False, None)


@pytest.mark.parametrize("conversation", ["fax:1", "whatsapp:", "whatsapp", ":1"])
async def test_a_conversation_of_no_channel_is_unknown(conversation: str) -> None:
    """404, as the channel."""
    async with Backstage().client() as client:
        answer = await client.get(f"/v1/conversations/{conversation}", headers=OPERATOR)

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:trunkline:problem:unknown-channel"


async def test_a_template_is_queued_once() -> None:
    """202 both times; the second says that it was nothing new."""
    behind = Backstage()
    body = {"to": "+15550001111", "messages": [TEMPLATE]}
    async with behind.client() as client:
        first = await client.post(MESSAGES, headers=KEYED, json=body)
        second = await client.post(MESSAGES, headers=KEYED, json=body)

    assert (first.status_code, second.status_code) == (202, 202)
    assert (first.json()["conversation"], first.json()["new"]) == ("whatsapp:15550001111", True)
    assert second.json() == {**first.json(), "new": False}
    (turn,) = behind.mailbox.initiated
    part = TemplatePart(name="hello", language="en_US", parameters=("Ana",))
    assert turn.reply == Reply(kind=ReplyKind.INITIATED, parts=(part,))


async def test_a_person_without_a_number_is_named_by_their_id() -> None:
    """By the channel's own."""
    behind = Backstage()
    async with behind.client() as client:
        await client.post(MESSAGES, headers=KEYED, json={"user_id": "US.1", "messages": [TEMPLATE]})

    (turn,) = behind.mailbox.initiated
    assert (turn.to.phone, turn.to.user_id) == (None, "US.1")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"to": "+15550001111", "messages": [{"picture": "x"}]}, "misspoken"),
        ({"to": "+15550001111", "messages": []}, "nothing-to-say"),
        ({"to": "+15550001111"}, "nothing-to-say"),
        ({"messages": [TEMPLATE]}, "no-addressee"),
        ({"to": "Ana", "messages": [TEMPLATE]}, "no-addressee"),
        ({"to": "+1555", "user_id": "US.1", "messages": [TEMPLATE]}, "no-addressee"),
        ({"to": "+1555", "messages": "hello"}, "parameters"),
        ([], "parameters"),
    ],
)
async def test_what_cannot_be_sent_is_refused_with_a_reason(body: object, kind: str) -> None:
    """And nothing is queued."""
    behind = Backstage()
    async with behind.client() as client:
        answer = await client.post(MESSAGES, headers=KEYED, json=body)

    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:trunkline:problem:{kind}")
    assert behind.mailbox.initiated == []


async def test_what_is_wrong_with_a_message_is_said() -> None:
    """In words that name the key."""
    async with Backstage().client() as client:
        answer = await client.post(
            MESSAGES, headers=KEYED, json={"to": "+1555", "messages": [{"text": "Which?", "buttons": [3]}]}
        )

    assert answer.json()["problems"] == ["a choice is not an object"]


async def test_a_key_is_wanted() -> None:
    """Or asking again would send again."""
    async with Backstage().client() as client:
        answer = await client.post(MESSAGES, headers=OPERATOR, json={"to": "+1555", "messages": [TEMPLATE]})

    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.text


async def test_a_closed_window_takes_templates_alone() -> None:
    """409 says what can be done."""
    behind = Backstage()
    initiate = behind.services().initiate
    channels = Channels.of([evolve(whatsapp(), window_seconds=86400.0)])
    async with behind.client(initiate=evolve(initiate, channels=channels)) as client:
        refused = await client.post(MESSAGES, headers=KEYED, json={"to": "+1555", "messages": [{"text": "hi"}]})
        taken = await client.post(MESSAGES, headers=KEYED, json={"to": "+1555", "messages": [TEMPLATE]})

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:trunkline:problem:window-closed")
    assert taken.status_code == 202


async def test_a_stopped_number_is_let_go_on() -> None:
    """Whether it was stopped or not."""
    behind = Backstage()
    await behind.stops.stop(channel="whatsapp", reason="190", seconds=60)
    async with behind.client() as client:
        answers = [await client.delete("/v1/channels/whatsapp/stop", headers=OPERATOR) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert await behind.stops.stopped(channel="whatsapp") is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ANA),
        ("POST", f"{ANA}/human"),
        ("DELETE", f"{ANA}/human"),
        ("POST", MESSAGES),
        ("DELETE", "/v1/channels/whatsapp/stop"),
    ],
)
async def test_nobody_else_may(method: str, path: str) -> None:
    """Without the token."""
    async with Backstage().client() as client:
        assert (await client.request(method, path)).status_code == 401
