"""Asks the chat for what people wrote, where it cannot call us."""

import json

from attrs import frozen

from adapters.channel_kit.http import response_object
from adapters.channel_kit.json_fields import maybe_identifier, maybe_objects
from application.ports.messenger import SendFailedError
from application.ports.update_source import FetchedUpdates, FetchFailedError
from domain.policies.retry import SendFailure
from webhook_chat.client import ChatClient


@frozen(kw_only=True)
class WebhookChatUpdates:
    """What waits in one chat. It keeps its updates until a later position is asked for."""

    client: ChatClient

    async def fetch(self, *, after: str, wait_seconds: float) -> FetchedUpdates:
        asked = {"after": after, "wait_seconds": wait_seconds}
        try:
            response = await self.client.post("updates", asked, wait_seconds=wait_seconds)
        except SendFailedError as error:
            fix = "correct the secret" if error.failure is SendFailure.ACCOUNT_BLOCKED else ""
            seconds = error.retry_after_seconds
            raise FetchFailedError(f"no updates: {error.detail}", fix=fix, retry_after_seconds=seconds) from None
        document = response_object(response)
        bodies = tuple(json.dumps(update).encode() for update in maybe_objects(document.get("updates")))
        return FetchedUpdates(bodies=bodies, position=maybe_identifier(document.get("position")) or after)
