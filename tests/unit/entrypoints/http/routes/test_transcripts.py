"""`GET /v1/conversations`, and what was said in one."""

from typing import Any

import pytest
from attrs import evolve

from adapters.memory.intake import MemoryIntake
from adapters.memory.mailbox import MemoryMailbox
from application.operating.list_conversations import ListConversations
from application.ports.transcripts import TranscriptsOffError
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.conversations.outcome import Outcome
from domain.conversations.transcript import ColleagueReply, SentPart, TranscriptEvent
from domain.messages.inbound import Media
from domain.messages.outbound import ButtonsPart, MediaPart, TextPart
from domain.messages.shared_values import Choice, MediaKind
from domain.people.person import Conversation
from support.http_services import OPERATOR, FakeServices, StoppedClock
from support.messages import BOB, CONVERSATION, enqueued, message

MESSAGES = f"/v1/conversations/{CONVERSATION}/messages"
BUTTONS = ButtonsPart(body="Which?", choices=(Choice(id="s", title="Small"),))
PHOTO = MediaPart(kind=MediaKind.IMAGE, link="https://example.org/a.jpg", caption="Here")


async def kept() -> dict[str, Any]:
    """The services of two people: Ana got answers of several kinds, Bob waits."""
    mailbox, services = MemoryMailbox(), FakeServices()
    transcripts = mailbox.transcripts
    intake = MemoryIntake(
        inbox=mailbox,
        directory=services.directory,
        states=mailbox.states,
        feed=services.feed,
        transcripts=transcripts,
    )
    photo = evolve(message(message_id="m1"), content=Media(kind=MediaKind.IMAGE, id="1", mime_type="image/jpeg"))
    received = Activity(kind=ActivityKind.RECEIVED, channel="whatsapp", at=1.0)
    await intake.store(messages=[evolve(enqueued(), message=photo)], activities=[received])
    happened = [
        SentPart(message_id="o1", part=TextPart(body="Nice [one]."), turn_id="t1"),
        SentPart(message_id="o2", part=BUTTONS, turn_id="t2", outcome=Outcome.INITIATED),
        SentPart(message_id="o3", part=PHOTO, turn_id="t3", outcome=Outcome.LIMITED),
        ColleagueReply(message_id="o4", text="I call you."),
        TranscriptEvent(kind=ActivityKind.FAILED, reason="agent assistant: timeout", turn_id="t4"),
    ]
    await transcripts.add(conversation=CONVERSATION, what=happened)
    update = StatusUpdate(channel="whatsapp", message_id="o1", status=DeliveryStatus.READ, at=1.0)
    await mailbox.log.advance(updates=[update])
    await intake.store(messages=[evolve(enqueued(), message=message("hi [you]", person=BOB))], activities=[received])
    taken_over = TranscriptEvent(kind=ActivityKind.HUMAN, reason="olga took over")
    await transcripts.add(conversation=Conversation(channel="whatsapp", user=BOB.phone or ""), what=[taken_over])
    return {
        "transcripts": transcripts,
        "list_conversations": ListConversations(transcripts=transcripts, clock=StoppedClock()),
    }


async def get(path: str, **query: Any) -> Any:
    async with FakeServices().client(**await kept()) as client:
        answer = await client.get(path, headers=OPERATOR, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_list_of_conversations() -> None:
    """The latest first, each with its last words, or how the answer to them failed."""
    answer = await get("/v1/conversations")

    assert [(item["name"], item["last"]["text"]) for item in answer["items"]] == [("Bob", "hi [you]"), ("Ana", "")]
    assert answer["items"][1]["last"]["reason"] == "agent assistant: timeout"
    assert answer["items"][0]["waiting_seconds"] is not None
    assert answer["next"] is None


async def test_a_search_and_filters() -> None:
    """Only what matches both."""
    found = await get("/v1/conversations", search="ana", filter=["waiting"])
    none = await get("/v1/conversations", search="ana", filter=["waiting", "human"])

    assert [item["id"] for item in found["items"]] == [str(CONVERSATION)]
    assert none["items"] == []


async def test_pages() -> None:
    """`next` is the `after` of the next page, and `previous` the `before` of the entries before."""
    first = await get("/v1/conversations", limit=1)
    messages = await get(MESSAGES, limit=4)

    assert first["next"]
    assert [item["kind"] for item in messages["items"]] == ["buttonspart", "mediapart", "text", "failed"]
    assert messages["previous"] == messages["items"][0]["id"]


async def test_what_was_said() -> None:
    """Both directions, files by their kind, status, events between, and why something failed."""
    items = (await get(MESSAGES))["items"]

    assert [(item["direction"], item["author"], item["kind"], item["media"]) for item in items] == [
        ("in", "person", "media", "image"),
        ("out", "agent", "textpart", ""),
        ("out", "operator", "buttonspart", ""),
        ("out", "service", "mediapart", "image"),
        ("out", "colleague", "text", ""),
        ("event", "service", "failed", ""),
    ]
    assert [item["status"] for item in items] == [None, "read", None, None, None, None]
    assert items[1]["text"] == "Nice [one]."
    assert items[2]["content"]["choices"][0]["title"] == "Small"
    assert items[5]["reason"] == "agent assistant: timeout"


@pytest.mark.parametrize(
    ("path", "query", "kind"),
    [
        ("/v1/conversations", {"filter": "odd"}, "invalid-request"),
        ("/v1/conversations", {"limit": "201"}, "invalid-request"),
        ("/v1/conversations", {"search": "x" * 101}, "invalid-request"),
        ("/v1/conversations", {"after": "odd"}, "invalid-request"),
        (MESSAGES, {"before": "odd"}, "invalid-request"),
    ],
)
async def test_impossible_parameters(path: str, query: dict[str, str], kind: str) -> None:
    """400, with the reason."""
    async with FakeServices().client(**await kept()) as client:
        answer = await client.get(path, headers=OPERATOR, params=query)

    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:trunkline:problem:{kind}")


async def test_transcripts_that_are_off() -> None:
    """404, and why."""

    async def off(**_: object) -> None:
        raise TranscriptsOffError

    async with FakeServices().client(list_conversations=off) as client:
        answer = await client.get("/v1/conversations", headers=OPERATOR)

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:trunkline:problem:transcripts-off")


@pytest.mark.parametrize("path", ["/v1/conversations", MESSAGES])
async def test_only_operators_see_them(path: str) -> None:
    """People's words are in them."""
    async with FakeServices().client() as client:
        assert (await client.get(path)).status_code == 401
