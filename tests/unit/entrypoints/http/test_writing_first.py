"""Operators write first: recipients, messages, and the reasons of refusals."""

import pytest
from attrs import evolve

from adapters.memory.media import MemoryMedia
from adapters.memory.messenger import EVERYTHING, MemoryMessenger
from application.channels import Channels
from domain.people.person import Conversation
from domain.policies.retry import SendFailure
from support.http_services import ANA, KEYED, MESSAGES, TEMPLATE, FakeServices
from support.signed_channel import whatsapp

ANAS_CONVERSATION = Conversation(channel="whatsapp", user=ANA.removeprefix("+"))


async def test_a_person_without_a_number_is_named_by_their_id() -> None:
    """The id of the channel."""
    behind = FakeServices()
    async with behind.client() as client:
        await client.post(MESSAGES, headers=KEYED, json={"user_id": "US.1", "messages": [TEMPLATE]})

    (turn,) = behind.mailbox.initiated
    assert (turn.to.phone, turn.to.user_id) == (None, "US.1")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"to": ANA, "messages": [{"picture": "x"}]}, "invalid-message"),
        ({"to": ANA, "messages": []}, "empty-message"),
        ({"to": ANA}, "empty-message"),
        ({"messages": [TEMPLATE]}, "invalid-recipient"),
        ({"to": "Ana", "messages": [TEMPLATE]}, "invalid-recipient"),
        ({"to": ANA, "user_id": "US.1", "messages": [TEMPLATE]}, "invalid-recipient"),
        ({"to": ANA, "messages": "hello"}, "invalid-request"),
        ({"to": ANA, "messages": [TEMPLATE], "media": []}, "invalid-request"),
        ({"to": ANA, "messages": [{"template": {**TEMPLATE["template"], "category": "ads"}}]}, "invalid-message"),
        ({"to": ANA, "messages": [{"text": "I ask a colleague.", "hand_over": "why"}]}, "invalid-message"),
        ([], "invalid-request"),
    ],
)
async def test_what_cannot_be_sent_is_refused_with_a_reason(body: object, kind: str) -> None:
    """Nothing is queued."""
    behind = FakeServices()
    async with behind.client() as client:
        answer = await client.post(MESSAGES, headers=KEYED, json=body)

    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:trunkline:problem:{kind}")
    assert behind.mailbox.initiated == []


async def test_mistakes_in_a_message_are_named() -> None:
    """Each with its key."""
    async with FakeServices().client() as client:
        answer = await client.post(
            MESSAGES, headers=KEYED, json={"to": ANA, "messages": [{"text": "Which?", "buttons": [3]}]}
        )

    assert answer.json()["problems"] == ["a choice is not an object"]


@pytest.mark.parametrize(
    ("places", "problem"),
    [
        ({"parameters": ["Ana", " "]}, "parameter 2 is empty, or not visible"),
        ({"parameters": {"who": "\u200b"}}, "parameter who is empty, or not visible"),
        ({"parameters": ["x" * 1025]}, "parameter 1 has more than 1024 characters"),
        ({"header": "x" * 61}, "header 1 has more than 60 characters"),
    ],
)
async def test_every_placeholder_of_a_template_needs_a_value(places: dict[str, object], problem: str) -> None:
    """And no more than Meta accepts, because Meta would refuse it later."""
    template = {"name": "hello", "language": "en_US", **places}
    behind = FakeServices()
    async with behind.client() as client:
        answer = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [{"template": template}]})

    assert (answer.status_code, answer.json()["problems"]) == (400, [problem])
    assert behind.mailbox.initiated == []


async def test_a_closed_window_allows_only_templates() -> None:
    """409 says what to do."""
    behind = FakeServices()
    initiate = behind.services().initiate
    channels = Channels.of([evolve(whatsapp(), window_seconds=86400.0)])
    async with behind.client(initiate=evolve(initiate, channels=channels)) as client:
        refused = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [{"text": "hi"}]})
        taken = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:trunkline:problem:window-closed")
    assert taken.status_code == 202


async def test_a_channel_without_templates_takes_none() -> None:
    """The problem 422 says why."""
    behind = FakeServices()
    messenger = MemoryMessenger(capabilities=evolve(EVERYTHING, templates=False))
    channels = Channels.of([evolve(whatsapp(), messenger=messenger)])
    async with behind.client(initiate=evolve(behind.services().initiate, channels=channels)) as client:
        refused = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})

    assert (refused.status_code, refused.json()["type"]) == (422, "urn:trunkline:problem:unsupported-by-channel")
    assert refused.json()["reason"] == "the channel has no templates"


async def test_a_person_who_refuses_marketing_gets_none() -> None:
    """409 says what to do: give the template's category."""
    behind = FakeServices()
    await behind.states.change(conversation=ANAS_CONVERSATION, marketing_stopped_at=1.0)
    shipped = {"template": {**TEMPLATE["template"], "category": "utility"}}
    async with behind.client() as client:
        refused = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})
        taken = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [shipped]})

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:trunkline:problem:marketing-refused")
    assert "category" in refused.json()["detail"]
    assert taken.status_code == 202
    assert len(behind.mailbox.initiated) == 1


async def test_who_cannot_be_reached_is_not_written_to() -> None:
    """409 says why."""
    behind = FakeServices()
    await behind.states.change(conversation=ANAS_CONVERSATION, unreachable_at=1.0)
    async with behind.client() as client:
        refused = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:trunkline:problem:person-unreachable")
    assert "blocked" in refused.json()["detail"]
    assert behind.mailbox.initiated == []


@pytest.mark.parametrize(
    ("failures", "status", "expected"),
    [((), 202, {}), ((SendFailure.MEDIA_REFUSED,), 502, {"reason": "media_refused: asked to fail"})],
)
async def test_a_file_is_uploaded_before_it_is_queued(
    failures: tuple[SendFailure, ...], status: int, expected: dict[str, str]
) -> None:
    """If that fails, nothing is queued, and the response has the reason."""
    media = MemoryMedia()
    media.fail_next_uploads(*failures)
    behind = FakeServices()
    item = {"type": "image", "data": "QUJD", "mime_type": "image/png"}
    initiate = evolve(behind.services().initiate, channels=Channels.of([evolve(whatsapp(), media=media)]))
    async with behind.client(initiate=initiate) as client:
        answer = await client.post(MESSAGES, json={"to": ANA, "messages": [item]}, headers=KEYED)

    assert answer.status_code == status
    assert answer.json().items() >= expected.items()
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
async def test_an_invalid_recipient_is_refused(name: dict[str, str], word: str) -> None:
    """The problem says what to change, and nothing is queued."""
    behind = FakeServices()
    async with behind.client() as client:
        answer = await client.post(MESSAGES, headers=KEYED, json={**name, "messages": [TEMPLATE]})

    (problem,) = answer.json()["problems"]
    assert answer.json()["type"] == "urn:trunkline:problem:invalid-recipient"
    assert word in problem
    assert behind.mailbox.initiated == []


@pytest.mark.parametrize("number", ["15550001111", "+1 555 000-1111", "+1 (555) 000.1111"])
async def test_a_number_may_be_written_as_people_do(number: str) -> None:
    """With separators. It is the same person."""
    behind = FakeServices()
    async with behind.client() as client:
        await client.post(MESSAGES, headers=KEYED, json={"to": number, "messages": [TEMPLATE]})

    assert [turn.to.phone for turn in behind.mailbox.initiated if turn.to] == ["15550001111"]


async def test_an_unknown_key_is_named() -> None:
    """For example `media` in place of `messages`."""
    async with FakeServices().client() as client:
        answer = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "media": [TEMPLATE]})

    assert [error["message"] for error in answer.json()["errors"]] == ["Object contains unknown field `media`"]


async def test_a_limited_number_of_messages_waits_for_one_person() -> None:
    """More are refused. The same key may be used again."""
    behind = FakeServices()
    behind.mailbox.full = True
    async with behind.client() as client:
        refused = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})
        behind.mailbox.full = False
        queued = await client.post(MESSAGES, headers=KEYED, json={"to": ANA, "messages": [TEMPLATE]})

    assert (refused.status_code, refused.json()["type"]) == (429, "urn:trunkline:problem:queue-full")
    assert refused.headers["retry-after"] == "60"
    assert queued.status_code == 202
