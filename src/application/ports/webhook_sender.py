"""Posts signed messages to an address of the operator."""

from typing import Protocol


class WebhookFailedError(Exception):
    """The message was not taken, or nobody knows whether it was. The text is short, and holds no secret."""


class WebhookSender(Protocol):
    """Sends each message once for each call. The receiver knows repeated ones by their id."""

    async def send(self, *, message_id: str, body: bytes) -> bytes:
        """POST a JSON document. Returns the body of the answer; nothing of one that is too large.

        Raises:
            WebhookFailedError: no answer in time, or another status than 2xx.
        """
        ...
