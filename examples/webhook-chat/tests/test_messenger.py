"""What the chat gets."""

from collections.abc import AsyncIterator

import httpx
import pytest
from attrs import frozen

from adapters.channel_kit.contracts.messenger import MessengerContract
from application.ports.messenger import SendFailedError
from chat import SECRET, URL, Chat
from domain.messages.outbound import ButtonsPart, TextPart
from domain.messages.rich_text import Markdown
from domain.messages.shared_values import Choice
from domain.people.person import Person
from domain.policies.retry import SendFailure
from webhook_chat.client import ChatClient
from webhook_chat.messenger import WebhookChatMessenger
from webhook_chat.setup import WebhookChatSetup

ANA = Person(user_id="u-1", name="Ana")
STATUSES = {
    SendFailure.THROTTLED: 429,
    SendFailure.UNKNOWN: 502,
    SendFailure.PART_REFUSED: 422,
    SendFailure.FINAL: 404,
    SendFailure.ACCOUNT_BLOCKED: 401,
}


@frozen
class WebhookChatFarSide:
    messenger: WebhookChatMessenger
    chat: Chat

    def sent_texts(self) -> list[str]:
        return [sent["text"] for sent in self.chat.took("messages")]

    def references(self) -> list[str]:
        return [sent["reference"] for sent in self.chat.took("messages")]

    def acknowledged(self) -> list[str]:
        return [shown["to"] for shown in self.chat.took("typing")]

    def fail_next(self, failure: SendFailure) -> None:
        self.chat.statuses.append(STATUSES[failure])


@pytest.fixture
async def far_side() -> AsyncIterator[WebhookChatFarSide]:
    chat = Chat()
    async with httpx.AsyncClient(transport=httpx.MockTransport(chat)) as client:
        yield WebhookChatFarSide(
            WebhookChatMessenger(client=ChatClient(client=client, api_url=URL, secret=SECRET)), chat
        )


class TestWebhookChatMessenger(MessengerContract):
    person = ANA
    reports = frozenset(STATUSES)


async def test_buttons_are_sent_as_such(far_side: WebhookChatFarSide) -> None:
    question = ButtonsPart(body=Markdown("Which **size**?"), choices=(Choice(id="s", title="Small"),))
    (part,) = far_side.messenger.render(part=question)

    await far_side.messenger.send(part=part, to=ANA, reference="t/0/chat:u-1")

    assert far_side.chat.took("messages") == [
        {
            "to": "u-1",
            "text": "Which size?",
            "buttons": [{"id": "s", "title": "Small"}],
            "reply_to": "",
            "reference": "t/0/chat:u-1",
        }
    ]


async def test_the_chat_says_how_long_to_wait(far_side: WebhookChatFarSide) -> None:
    far_side.fail_next(SendFailure.THROTTLED)

    with pytest.raises(SendFailedError) as raised:
        await far_side.messenger.send(part=TextPart(body="Hello"), to=ANA, reference="")

    assert raised.value.retry_after_seconds == 9


async def test_without_an_id_nobody_knows_whether_it_was_sent(far_side: WebhookChatFarSide) -> None:
    far_side.chat.statuses.append(204)

    with pytest.raises(SendFailedError) as raised:
        await far_side.messenger.send(part=TextPart(body="Hello"), to=ANA, reference="")

    assert raised.value.failure is SendFailure.UNKNOWN


async def test_the_chat_is_told_which_webhook_to_call(far_side: WebhookChatFarSide) -> None:
    setup = WebhookChatSetup(client=far_side.messenger.client)

    await setup.register(url="https://example.com/v1/channels/chat/webhook")
    await setup.unregister()

    assert far_side.chat.took("webhook") == [{"url": "https://example.com/v1/channels/chat/webhook"}, {"url": ""}]
