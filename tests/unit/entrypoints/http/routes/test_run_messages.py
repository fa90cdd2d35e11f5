"""The address of Astromesh's tool `send_message`: its field names, and its `error` for the model."""

from typing import Any

import pytest
from attrs import evolve

from application.operating.initiate_message import HumanAnswersError, Initiated, QueueFullError, WindowClosedError
from application.operating.send_for_run import (
    ForeignChannelError,
    RunMessage,
    TooManyRunMessagesError,
    UnknownRecipientError,
)
from application.ports.store import StoreUnavailableError
from application.signed_tokens import ExpiredTokenError, ForgedTokenError
from domain.people.person import Conversation
from support.http_services import FakeServices

ADDRESS = "/api/v1/runs/messages/send"
BODY = {"channel": "whatsapp", "recipient": "+15550003333", "text": "Ana is here.", "conversation_ref": "whatsapp:1"}
TOKEN = {"X-Nexus-Run-Token": "a.b"}


class Sends:
    """The use case: it queues, or fails with `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked: list[tuple[str, RunMessage]] = []

    async def __call__(self, *, token: str, message: RunMessage) -> Initiated:
        self.asked.append((token, message))
        if self.error:
            raise self.error
        return Initiated(conversation=Conversation(channel="whatsapp", user="1"), turn_id="sent-7", new=True)


async def test_a_message_is_pending() -> None:
    """The answer has what the tool reads."""
    sends = Sends()
    async with FakeServices().client(send_for_run=sends) as client:
        answer = await client.post(ADDRESS, headers=TOKEN, json=BODY)

    assert (answer.status_code, answer.json()) == (202, {"message_id": "sent-7", "status": "pending"})
    assert sends.asked == [("a.b", RunMessage(**BODY))]  # type: ignore[arg-type]


async def test_a_reference_may_be_missing() -> None:
    sends = Sends()
    async with FakeServices().client(send_for_run=sends) as client:
        await client.post(ADDRESS, headers=TOKEN, json={k: v for k, v in BODY.items() if k != "conversation_ref"})

    assert sends.asked[0][1] == evolve(RunMessage(**BODY), conversation_ref="")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "status", "kind", "words"),
    [
        (ForgedTokenError(), 401, "invalid-run-token", "missing or wrong"),
        (ExpiredTokenError(), 401, "run-ended", "has ended"),
        (ForeignChannelError("this run may send on sales only"), 403, "foreign-channel", "on sales only"),
        (UnknownRecipientError("recipient: must have 7 to 15 digits"), 400, "invalid-recipient", "7 to 15 digits"),
        (TooManyRunMessagesError(), 429, "too-many-run-messages", "as many different messages"),
        (HumanAnswersError(), 409, "human-takeover", "A human has taken over"),
        (WindowClosedError(), 409, "window-closed", "last message is too old"),
        (QueueFullError(), 429, "queue-full", "Too many messages"),
        (StoreUnavailableError("redis://user:hunter2@store"), 503, "store-unavailable", "cannot be reached"),
        (RuntimeError("hunter2"), 500, "internal-error", "Something went wrong"),
    ],
)
async def test_a_refusal_says_why_to_the_model(error: Exception, status: int, kind: str, words: str) -> None:
    """In `error`, which the tool passes on. Nothing secret is in it."""
    async with FakeServices().client(send_for_run=Sends(error)) as client:
        answer = await client.post(ADDRESS, headers=TOKEN, json=BODY)

    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:trunkline:problem:{kind}")
    assert words in answer.json()["error"]
    assert "hunter2" not in answer.text


@pytest.mark.parametrize(
    "change",
    [{"text": ""}, {"text": "x" * 4097}, {"recipient": ""}, {"channel": "x" * 301}, {"conversation_ref": 7}],
)
async def test_every_field_has_a_bound(change: dict[str, Any]) -> None:
    sends = Sends()
    async with FakeServices().client(send_for_run=sends) as client:
        answer = await client.post(ADDRESS, headers=TOKEN, json=BODY | change)

    assert (answer.status_code, answer.json()["error"][:14]) == (400, "The parameters")
    assert sends.asked == []


async def test_without_the_setting_there_is_no_such_address() -> None:
    async with FakeServices().client() as client:
        answer = await client.post(ADDRESS, headers=TOKEN, json=BODY)

    assert answer.status_code == 404
