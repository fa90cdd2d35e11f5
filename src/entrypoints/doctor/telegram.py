"""Checks of one Telegram bot with the Bot API.

Source: Telegram, "Bot API" 10.1 (June 2026), "getMe" and "getWebhookInfo". Findings never quote the errors of the HTTP
client: they may contain the address, which has the token in it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from entrypoints.doctor.channel_checks import ChannelChecks
from entrypoints.doctor.findings import Finding, failed, ok, warning
from entrypoints.settings.secret import without_credentials
from entrypoints.settings.telegram import Receive, TelegramSettings

# What the adapter reads. Telegram leaves out reactions unless a webhook asks for them.
UPDATES = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")
OUTAGE = "try again later"


async def bot(channel: TelegramSettings, client: httpx.AsyncClient) -> Finding:
    """Check that the token is that of a bot."""
    name = f"{channel.name}: token and bot"
    try:
        response = await _ask(channel, client, "getMe")
    except httpx.HTTPError as error:
        problem = f"{channel.api_url} cannot be reached ({type(error).__name__})"
        return failed(name, problem, "check the network, the proxy and api_url")
    if response.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.NOT_FOUND}:
        fix = "copy the token again from @BotFather, and set bot_token to it"
        return failed(name, f"Telegram does not accept the bot token (HTTP {response.status_code})", fix)
    if not response.is_success:
        return warning(name, f"Telegram has an outage or an error (HTTP {response.status_code})", OUTAGE)
    return ok(name, f"@{_result(response).get('username', '?')}")


async def webhook(channel: TelegramSettings, client: httpx.AsyncClient) -> Finding:
    """Check that Telegram delivers the bot's updates to this channel's address, or to none where they are fetched."""
    name = f"{channel.name}: webhook"
    try:
        response = await _ask(channel, client, "getWebhookInfo")
    except httpx.HTTPError:
        return warning(name, "Telegram could not be asked for the webhook's address", OUTAGE)
    if not response.is_success:
        return warning(name, f"Telegram does not show the webhook's address (HTTP {response.status_code})", OUTAGE)
    return (_waiting if channel.receive is Receive.POLLING else _delivery)(name, channel.name, _result(response))


def _waiting(name: str, channel: str, info: Mapping[str, Any]) -> Finding:
    """What `getWebhookInfo` says of a bot whose updates are fetched: it must have no webhook."""
    if address := without_credentials(str(info.get("url") or "")):
        fix = f"run `trunkline channels unregister {channel}`, or write receive: webhook"
        return failed(name, f"Telegram delivers to {address}, so no update can be fetched", fix)
    return ok(name, f"there is none, as updates are fetched; {info.get('pending_update_count', 0)} updates wait")


def _delivery(name: str, channel: str, info: Mapping[str, Any]) -> Finding:
    """What `getWebhookInfo` says of the address of this channel."""
    fix = f"run `trunkline channels register {channel} --address https://YOUR-DOMAIN`"
    path = f"/v1/channels/{channel}/webhook"
    address = without_credentials(str(info.get("url") or ""))
    if not address:
        return failed(name, "Telegram has no webhook for this bot, so no message arrives", fix)
    if not address.endswith(path):
        return warning(name, f"Telegram delivers to {address}, which is not the address of this channel", fix)
    delivers, allowed = f"Telegram delivers to {address}", info.get("allowed_updates")
    if missing := [update for update in UPDATES if update not in (allowed if isinstance(allowed, list) else ())]:
        return warning(name, f"{delivers}, but no {', '.join(missing)}", fix)
    delivers += f"; {info.get('pending_update_count', 0)} updates wait"
    if not (error := info.get("last_error_message")):
        return ok(name, delivers)
    at = info.get("last_error_date")
    when = datetime.fromtimestamp(at, UTC).isoformat() if isinstance(at, int) else "an unknown time"
    fix = "look for this time in the log; 403 means that secret_token differs"
    return warning(name, f"{delivers}; the last error was at {when}: {error}", fix)


async def _ask(channel: TelegramSettings, client: httpx.AsyncClient, method: str) -> httpx.Response:
    return await client.get(f"{channel.api_url}/bot{channel.bot_token.reveal()}/{method}")


def _result(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    result = body.get("result") if isinstance(body, Mapping) else None
    return result if isinstance(result, Mapping) else {}


CHECKS = ChannelChecks(online=(bot, webhook))
