"""Calls the webhook of the bot, with its secret token."""

import re
import time

import httpx
from attrs import define, field

from simulator.telegram.errors import bad_request
from simulator.webhooks.caller import CALL_ERRORS

ANSWER_WITHIN_SECONDS = 10.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class WebhookRefusedError(Exception):
    """The webhook could not be reached, or its answer was no success."""


@define(kw_only=True)
class Webhook:
    """The address that Telegram calls. `last_error` has the fields of `WebhookInfo` about the last failure."""

    url: str
    secret_token: str = field(default="", repr=False)
    last_error: dict[str, object] = field(factory=dict)


def checked_webhook(url: str, secret_token: str) -> Webhook | None:
    """The webhook of a `setWebhook`; None for an empty address.

    Telegram calls https only. A Bot API server of one's own calls http, too, and so does this one on this machine.

    Raises:
        BotApiError: the address or the secret token is not one.
    """
    if not url:
        return None
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        raise bad_request("bad webhook: invalid webhook URL specified") from None
    if address.scheme != "https" and not (address.scheme == "http" and address.host in LOOPBACK):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if secret_token and not SECRET.fullmatch(secret_token):
        raise bad_request("secret token contains unallowed characters")
    return Webhook(url=url, secret_token=secret_token)


class WebhookPoster:
    """Posts updates, one a call."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(timeout=ANSWER_WITHIN_SECONDS, trust_env=False)

    async def post(self, webhook: Webhook, update: dict[str, object]) -> None:
        """Deliver one update.

        Raises:
            WebhookRefusedError: the webhook did not accept it. `last_error` of the webhook says why.
        """
        headers = {SECRET_HEADER: webhook.secret_token} if webhook.secret_token else {}
        try:
            answer = await self._client.post(webhook.url, json=update, headers=headers)
        except CALL_ERRORS as error:
            raise self._refused(webhook, f"Connection failed: {type(error).__name__}") from error
        if not answer.is_success:
            problem = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
            raise self._refused(webhook, problem)

    async def close(self) -> None:
        await self._client.aclose()

    def _refused(self, webhook: Webhook, problem: str) -> WebhookRefusedError:
        webhook.last_error = {"last_error_date": int(time.time()), "last_error_message": problem}
        return WebhookRefusedError(problem)
