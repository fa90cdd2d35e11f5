"""Tells the chat which webhook to call."""

from attrs import frozen

from webhook_chat.client import ChatClient


@frozen(kw_only=True)
class WebhookChatSetup:
    """The webhook of one entry. A blank address ends the calls."""

    client: ChatClient

    async def register(self, *, url: str) -> None:
        await self.client.post("webhook", {"url": url})

    async def unregister(self) -> None:
        await self.client.post("webhook", {"url": ""})
