"""How the updates of a bot come: by a webhook that is registered, or fetched.

Source: Telegram, "Bot API" 10.1 (June 2026), "setWebhook", "deleteWebhook" and "getUpdates". An update is forgotten
when a later one is asked for. With a webhook, Telegram gives out no updates.
"""

import json
from collections.abc import Sequence

from attrs import field, frozen

from adapters.channel_kit.json_fields import maybe_objects
from adapters.telegram.api import BotApi
from application.ports.messenger import SendFailedError
from application.ports.update_source import FetchedUpdates, FetchFailedError
from domain.policies.retry import SendFailure, loggable

MAX_UPDATES = 100  # the most that Telegram gives at once


@frozen(kw_only=True)
class TelegramSetup:
    """The webhook of one bot. Updates that wait at Telegram are kept, whatever is registered."""

    api: BotApi
    secret_token: str = field(repr=False)
    types: Sequence[str]

    async def register(self, *, url: str) -> None:
        fields = {"url": url, "secret_token": self.secret_token, "allowed_updates": list(self.types)}
        await self.api.call("setWebhook", {**fields, "drop_pending_updates": False})

    async def unregister(self) -> None:
        await self.api.call("deleteWebhook", {"drop_pending_updates": False})


@frozen(kw_only=True)
class TelegramUpdates:
    """The updates of one bot, of these types."""

    api: BotApi
    channel: str
    types: Sequence[str]

    async def fetch(self, *, after: str, wait_seconds: float) -> FetchedUpdates:
        fields = {"timeout": int(wait_seconds), "limit": MAX_UPDATES, "allowed_updates": list(self.types)}
        offset = {"offset": int(after) + 1} if after else {}
        try:
            result = await self.api.call("getUpdates", fields | offset, wait_seconds=wait_seconds)
        except SendFailedError as error:
            raise self._failure(error) from None
        updates = maybe_objects(result)
        ids = [id_ for update in updates if type(id_ := update.get("update_id")) is int]
        if updates and not ids:
            raise FetchFailedError("Telegram's updates have no ids")
        bodies = tuple(json.dumps(update).encode() for update in updates)
        return FetchedUpdates(bodies=bodies, position=str(max(ids, default="")))

    def _failure(self, error: SendFailedError) -> FetchFailedError:
        if error.failure is SendFailure.ACCOUNT_BLOCKED:
            return FetchFailedError("Telegram does not accept the bot token", fix="copy it again from @BotFather")
        if error.code != "409":  # Conflict
            return FetchFailedError(loggable(error.detail), retry_after_seconds=error.retry_after_seconds)
        if "webhook" in error.detail:
            fix = f"run `trunkline channels unregister {self.channel}`, or write receive: webhook"
            return FetchFailedError("a webhook is registered, so Telegram gives out no updates", fix=fix)
        return FetchFailedError("another program fetches the updates of this bot", fix="stop it, or use another bot")
