"""The channel as one value. pyproject.toml names it as an entry point."""

import httpx

from entrypoints.channel_types import ChannelAdapters, ChannelType
from entrypoints.doctor import ChannelChecks
from entrypoints.doctor.findings import Finding, failed, ok
from entrypoints.settings import Settings
from webhook_chat.client import ChatClient
from webhook_chat.inbound import WebhookChatInbound
from webhook_chat.messenger import WebhookChatMessenger
from webhook_chat.settings import Receive, WebhookChatSettings
from webhook_chat.setup import WebhookChatSetup
from webhook_chat.updates import WebhookChatUpdates


def build(channel: WebhookChatSettings, _settings: Settings, client: httpx.AsyncClient) -> ChannelAdapters:
    calls = chat_client(channel, client)
    return ChannelAdapters(
        inbound=WebhookChatInbound(channel=channel.name, secret=channel.secret.reveal()),
        messenger=WebhookChatMessenger(client=calls),
        updates=WebhookChatUpdates(client=calls) if channel.receive is Receive.POLLING else None,
    )


def setup(channel: WebhookChatSettings, client: httpx.AsyncClient) -> WebhookChatSetup:
    return WebhookChatSetup(client=chat_client(channel, client))


def chat_client(channel: WebhookChatSettings, client: httpx.AsyncClient) -> ChatClient:
    return ChatClient(client=client, api_url=channel.api_url, secret=channel.secret.reveal())


async def reachable(channel: WebhookChatSettings, client: httpx.AsyncClient) -> Finding:
    """Check that the chat answers."""
    name = f"{channel.name}: chat"
    try:
        response = await client.get(channel.api_url)
    except httpx.HTTPError as error:
        return failed(name, f"does not answer ({type(error).__name__})", "start the chat, or correct api_url")
    return ok(name, f"answers (HTTP {response.status_code})")


WEBHOOK_CHAT = ChannelType(
    contract=1,
    name="webhook-chat",
    settings=WebhookChatSettings,
    build=build,
    setup=setup,
    checks=ChannelChecks(online=(reachable,)),
)
