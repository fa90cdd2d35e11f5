"""Operators write first, see whether a number is stopped, and let it go on."""

import time

import pytest
from attrs import evolve

from adapters.memory.media import MemoryMedia
from application.channels import Channels
from domain.failures import SendFailure
from domain.parts import TemplatePart
from domain.replies import Reply, ReplyKind
from support.http_services import OPERATOR, Backstage, StoppedClock
from support.signed_channel import whatsapp

MESSAGES = "/v1/channels/whatsapp/messages"
STOP = "/v1/channels/whatsapp/stop"
ANA = "+15550001111"
TEMPLATE = {"template": {"name": "hello", "language": "en_US", "parameters": ["Ana"]}}
KEYED = {**OPERATOR, "Idempotency-Key": "order-1"}


async def test_a_template_is_queued_once() -> None:
    """202 both times; the second says that it was nothing new."""
    behind = Backstage()
    body = {"to": ANA, "messages": [TEMPLATE]}
    async with behind.client() as client:
        first = await client.post(MESSAGES, headers=KEYED, json=body)
        second = await client.post(MESSAGES, headers=KEYED, json=body)

    assert (first.status_code, second.status_code) == (202, 202)
    assert (first.json()["conversation"], first.json()["new"]) == ("whatsapp:15550001111", True)
    assert second.json() == {**first.json(), "new": False}
    (turn,) = behind.mailbox.initiated
    part = TemplatePart(name="hello", language="en_US", parameters=("Ana",))
    assert turn.reply == Reply(kind=ReplyKind.INITIATED, parts=(part,))


@pytest.mark.parametrize(
    "other",
    [
        {"to": ANA, "messages": [{"text": "Hello"}]},
        {"to": ANA, "messages": [TEMPLATE, TEMPLATE]},
        {"to": "+15550002222", "messages": [TEMPLATE]},
        {"user_id": "US.1", "messages": [TEMPLATE]},
    ],
)
async def test_a_key_stands_for_one_request(other: object) -> None:
    """With other words, or to somebody else, it is refused: nothing is sent that nobody expects."""
    behind = Backstage()
    async with behind.client() as client:
        await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})
        refused = await client.post(MESSAGES, headers=KEYED, json=other)

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:trunkline:problem:idempotency-key-taken")
    assert len(behind.mailbox.initiated) == 1


async def test_a_request_is_the_same_however_it_is_written() -> None:
    """White space, the order of keys, and signs in a number are nobody's other message."""
    body = '{"messages": [{"template": {"language": "en_US", "name": "hello"}}], "to": "15550001111"}'
    template = {"name": "hello", "language": "en_US"}
    async with Backstage().client() as client:
        await client.post(MESSAGES, headers=KEYED, json={"to": "+1 555 000-1111", "messages": [{"template": template}]})
        again = await client.post(MESSAGES, headers={**KEYED, "Content-Type": "application/json"}, content=body)

    assert (again.status_code, again.json()["new"]) == (202, False)


async def test_a_request_that_is_refused_takes_no_key() -> None:
    """It may be mended under the same one."""
    async with Backstage().client() as client:
        refused = await client.post(MESSAGES, headers=KEYED, json={"to": "Ana", "messages": [TEMPLATE]})
        taken = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})

    assert (refused.status_code, taken.status_code) == (400, 202)


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
        ({"to": ANA, "messages": [{"picture": "x"}]}, "misspoken"),
        ({"to": ANA, "messages": []}, "nothing-to-say"),
        ({"to": ANA}, "nothing-to-say"),
        ({"messages": [TEMPLATE]}, "no-addressee"),
        ({"to": "Ana", "messages": [TEMPLATE]}, "no-addressee"),
        ({"to": ANA, "user_id": "US.1", "messages": [TEMPLATE]}, "no-addressee"),
        ({"to": ANA, "messages": "hello"}, "parameters"),
        ({"to": ANA, "messages": [TEMPLATE], "media": []}, "parameters"),
        ({"to": ANA, "messages": [{"text": "I ask a colleague.", "hand_over": "why"}]}, "misspoken"),
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
            MESSAGES, headers=KEYED, json={"to": ANA, "messages": [{"text": "Which?", "buttons": [3]}]}
        )

    assert answer.json()["problems"] == ["a choice is not an object"]


async def test_a_key_is_wanted() -> None:
    """Or asking again would send again."""
    async with Backstage().client() as client:
        answer = await client.post(MESSAGES, headers=OPERATOR, json={"to": ANA, "messages": [TEMPLATE]})

    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.text


async def test_a_closed_window_takes_templates_alone() -> None:
    """409 says what can be done."""
    behind = Backstage()
    initiate = behind.services().initiate
    channels = Channels.of([evolve(whatsapp(), window_seconds=86400.0)])
    async with behind.client(initiate=evolve(initiate, channels=channels)) as client:
        refused = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [{"text": "hi"}]})
        taken = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:trunkline:problem:window-closed")
    assert taken.status_code == 202


async def test_a_stopped_number_is_let_go_on() -> None:
    """Whether it was stopped or not."""
    behind = Backstage()
    await behind.stops.stop(channel="whatsapp", reason="190", seconds=60)
    async with behind.client() as client:
        answers = [await client.delete(STOP, headers=OPERATOR) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [204, 204]
    assert await behind.stops.stopped(channel="whatsapp") is None


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", MESSAGES),
        ("GET", STOP),
        ("DELETE", STOP),
    ],
)
async def test_nobody_else_may(method: str, path: str) -> None:
    """Without the token."""
    async with Backstage().client() as client:
        assert (await client.request(method, path)).status_code == 401


@pytest.mark.parametrize(
    ("failures", "status", "told"),
    [((), 202, {}), ((SendFailure.MEDIA_REFUSED,), 502, {"reason": "media_refused: told to fail"})],
)
async def test_a_file_is_with_the_channel_before_it_is_queued(
    failures: tuple[SendFailure, ...], status: int, told: dict[str, str]
) -> None:
    """Or nothing is, and the caller hears why."""
    media = MemoryMedia()
    media.fail_next_uploads(*failures)
    behind = Backstage()
    item = {"type": "image", "data": "QUJD", "mime_type": "image/png"}
    initiate = evolve(behind.services().initiate, channels=Channels.of([evolve(whatsapp(), media=media)]))
    async with behind.client(initiate=initiate) as client:
        answer = await client.post(MESSAGES, json={"to": ANA, "messages": [item]}, headers=KEYED)

    assert answer.status_code == status
    assert answer.json().items() >= told.items()
    assert [file.content for file in media.uploaded] == ([] if failures else [b"ABC"])


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ({"to": "1"}, "7 to 15 digits"),
        ({"to": "1" * 400}, "7 to 15 digits"),
        ({"to": "Ana"}, "country code"),
        ({"to": "+1555\n0001111x"}, "country code"),
        ({"user_id": "U" * 161}, "160"),
        ({"user_id": "US.1\nUS.2"}, "user_id"),
        ({"user_id": "15550001111"}, "belongs in to"),
        ({"user_id": "15550001111~2"}, "user_id"),
        ({"to": ANA, "user_id": "US.1"}, "either to or user_id"),
        ({}, "either to or user_id"),
    ],
)
async def test_who_cannot_be_written_to(name: dict[str, str], word: str) -> None:
    """The problem says what to change, and nothing is queued."""
    behind = Backstage()
    async with behind.client() as client:
        answer = await client.post(MESSAGES, headers=KEYED, json={**name, "messages": [TEMPLATE]})

    (problem,) = answer.json()["problems"]
    assert answer.json()["type"] == "urn:trunkline:problem:no-addressee"
    assert word in problem
    assert behind.mailbox.initiated == []


@pytest.mark.parametrize("number", ["15550001111", "+1 555 000-1111", "+1 (555) 000.1111"])
async def test_a_number_may_be_written_as_people_do(number: str) -> None:
    """It is the same person."""
    behind = Backstage()
    async with behind.client() as client:
        await client.post(MESSAGES, headers=KEYED, json={"to": number, "messages": [TEMPLATE]})

    assert [turn.to.phone for turn in behind.mailbox.initiated if turn.to] == ["15550001111"]


async def test_a_key_that_nobody_knows_is_named() -> None:
    """Who wrote `media` for `messages` is told so."""
    async with Backstage().client() as client:
        answer = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "media": [TEMPLATE]})

    assert [error["message"] for error in answer.json()["errors"]] == ["Object contains unknown field `media`"]


async def test_a_number_that_goes_has_no_stop() -> None:
    """Nothing but that is said."""
    async with Backstage().client() as client:
        answer = await client.get(STOP, headers=OPERATOR)

    assert answer.json() == {
        "channel": "whatsapp",
        "stopped": False,
        "reason": None,
        "since": None,
        "tries_at": None,
    }


async def test_a_stop_says_why_since_when_and_until_when() -> None:
    """As often as it is asked for; the next message tries all the same."""
    behind = Backstage()
    await behind.stops.stop(channel="whatsapp", reason="190", seconds=60)
    async with behind.client() as client:
        for _ in range(2):
            shown = (await client.get(STOP, headers=OPERATOR)).json()

    assert (shown["stopped"], shown["reason"]) == (True, "190")
    assert shown["since"] == pytest.approx(time.time(), abs=5)
    assert shown["tries_at"] - StoppedClock().now() == pytest.approx(60, abs=5)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_the_stop_of_no_channel_is_unknown(method: str) -> None:
    """404."""
    async with Backstage().client() as client:
        answer = await client.request(method, "/v1/channels/fax/stop", headers=OPERATOR)

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:trunkline:problem:unknown-channel")
