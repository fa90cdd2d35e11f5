"""What is fetched from the chat, and what is not."""

import json

import httpx
import pytest

from application.ports.update_source import FetchedUpdates, FetchFailedError
from chat import SECRET, URL
from webhook_chat.client import ChatClient
from webhook_chat.updates import WebhookChatUpdates


async def fetch(response: httpx.Response, *, after: str = "17") -> FetchedUpdates:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: response)) as client:
        updates = WebhookChatUpdates(client=ChatClient(client=client, api_url=URL, secret=SECRET))
        return await updates.fetch(after=after, wait_seconds=10)


async def test_updates_are_bodies_of_the_webhook() -> None:
    """With the position of the next fetch."""
    update = {"messages": [{"id": "m.1"}]}

    fetched = await fetch(httpx.Response(200, json={"updates": [update], "position": "18"}))

    assert [json.loads(body) for body in fetched.bodies] == [update]
    assert fetched.position == "18"


@pytest.mark.parametrize("document", [{}, {"updates": 7, "position": None}, []])
async def test_what_cannot_be_read_confirms_nothing(document: object) -> None:
    assert await fetch(httpx.Response(200, json=document)) == FetchedUpdates(position="17")


@pytest.mark.parametrize(("status", "fix"), [(401, "correct the secret"), (429, ""), (503, "")])
async def test_a_refusal_says_when_an_operator_must_act(status: int, fix: str) -> None:
    """And how long to wait."""
    with pytest.raises(FetchFailedError) as failed:
        await fetch(httpx.Response(status, headers={"retry-after": "9"}))

    assert (failed.value.fix, failed.value.retry_after_seconds) == (fix, 9)
