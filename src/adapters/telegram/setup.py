"""Registers the webhook of a bot.

Source: Telegram, "Bot API" 10.1 (June 2026), "setWebhook" and "deleteWebhook".
"""

from collections.abc import Sequence

from attrs import field, frozen

from adapters.telegram.api import BotApi


@frozen(kw_only=True)
class TelegramSetup:
    """The webhook of one bot. Updates that wait at Telegram are kept, whatever is registered."""

    api: BotApi
    secret_token: str = field(repr=False)
    updates: Sequence[str]

    async def register(self, *, url: str) -> None:
        fields = {"url": url, "secret_token": self.secret_token, "allowed_updates": list(self.updates)}
        await self.api.call("setWebhook", {**fields, "drop_pending_updates": False})

    async def unregister(self) -> None:
        await self.api.call("deleteWebhook", {"drop_pending_updates": False})
