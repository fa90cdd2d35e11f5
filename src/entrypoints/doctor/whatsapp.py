"""Checks of one WhatsApp number with Meta's Graph API.

Findings never quote the errors of Meta or of the HTTP client: both may contain the access token.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import httpx

from entrypoints.doctor.channel_checks import ChannelChecks
from entrypoints.doctor.findings import Finding, failed, ok, warning
from entrypoints.settings.secret import without_credentials
from entrypoints.settings.whatsapp import WhatsAppSettings

# The last day of each version of the Graph API (Meta's Graph API changelog, November 2026). Meta then answers with the
# oldest version that still exists, without an error.
END_OF_LIFE: Mapping[str, date] = {
    "v20.0": date(2026, 9, 24),
    "v21.0": date(2027, 1, 21),
    "v22.0": date(2027, 5, 20),
    "v23.0": date(2027, 10, 8),
    "v24.0": date(2028, 2, 18),
    "v25.0": date(2028, 7, 29),
}
NOTICE = timedelta(days=90)
SYSTEM_USER = (
    "in Meta's Business Settings create a System User, assign the app and the WhatsApp account to it, generate a token "
    "that never expires with whatsapp_business_messaging and whatsapp_business_management, and set access_token to it"
)
EXPIRED_TOKEN, UNKNOWN_OBJECT, PERMISSIONS, THROTTLES = 190, 100, {10, *range(200, 300)}, {4, 80007, 130429}


def api_version(channel: WhatsAppSettings, today: date) -> Finding:
    """Check that Meta still serves the configured API version, and for how long."""
    name, version = f"{channel.name}: API version", channel.api_version
    end = END_OF_LIFE.get(version)
    newest = max(END_OF_LIFE, key=_number)
    fix = f"set api_version to {newest} or a later one"
    if end is None and _number(version) < min(map(_number, END_OF_LIFE)):
        return failed(name, f"{version} has ended", fix)
    if end is None:
        return ok(name, f"{version}; this release does not know its last day")
    if end <= today:
        return failed(name, f"{version} ended on {end.isoformat()}", fix)
    if end - today <= NOTICE:
        return warning(name, f"{version} ends on {end.isoformat()}", fix)
    return ok(name, f"{version}, served until {end.isoformat()}")


async def number(channel: WhatsAppSettings, client: httpx.AsyncClient) -> Finding:
    """Check that the access token may use the number."""
    name, token = f"{channel.name}: token and number", channel.access_token.reveal()
    if not re.fullmatch(r"[!-~]+", token):
        return failed(name, "access_token contains white space or other characters that no token has", "copy it again")
    try:
        response = await _ask(channel, client, "display_phone_number,verified_name,quality_rating")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        problem = f"{channel.api_url} cannot be reached ({type(error).__name__})"
        return failed(name, problem, "check the network, the proxy and api_url")
    if not response.is_success:
        return _refused(name, response)
    details = _body(response)
    quality = details.get("quality_rating", "UNKNOWN")
    message = f"{details.get('display_phone_number', '?')} ({details.get('verified_name', '?')}), quality {quality}"
    if quality in {"YELLOW", "RED"}:
        return warning(name, message, "people block or report this number; see Meta's WhatsApp Manager")
    return ok(name, message)


async def subscription(channel: WhatsAppSettings, client: httpx.AsyncClient) -> Finding:
    """Check that Meta delivers the number's messages to this channel's address.

    Only a token of the app could show which webhook fields are subscribed, and the service has none.
    """
    name, path = f"{channel.name}: webhook", f"/v1/channels/{channel.name}/webhook"
    fix = (
        f"in Meta's App Dashboard, WhatsApp > Configuration: set the Callback URL to https://YOUR-DOMAIN{path} and the "
        "Verify Token to verify_token, subscribe to the field messages, and publish the app"
    )
    try:
        response = await _ask(channel, client, "webhook_configuration")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError):
        return warning(name, "Meta could not be asked for the webhook's address", fix)
    address = _address(_body(response))
    if address is None:
        return warning(name, "Meta does not show the webhook's address", fix)
    if not address.endswith(path):
        return warning(name, f"Meta delivers to {address}, which is not the address of this channel", fix)
    return ok(name, f"Meta delivers to {address}; only its dashboard shows whether the field messages is subscribed")


async def _ask(channel: WhatsAppSettings, client: httpx.AsyncClient, fields: str) -> httpx.Response:
    url = f"{channel.api_url}/{channel.api_version}/{channel.phone_number_id}"
    headers = {"Authorization": f"Bearer {channel.access_token.reveal()}"}
    return await client.get(url, params={"fields": fields}, headers=headers)


def _refused(name: str, response: httpx.Response) -> Finding:
    """What a refusal means, by Meta's error code or else by the HTTP status."""
    code = _code(response)
    answer = f"HTTP {response.status_code}" + (f", code {code}" if code is not None else "")
    if code == EXPIRED_TOKEN or response.status_code == httpx.codes.UNAUTHORIZED:
        return failed(name, f"the access token expired or is wrong ({answer})", SYSTEM_USER)
    if code in THROTTLES or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return warning(name, f"Meta limits the rate of requests ({answer})", "try again later")
    if code in PERMISSIONS or response.status_code == httpx.codes.FORBIDDEN:
        return failed(name, f"the access token lacks a permission ({answer})", SYSTEM_USER)
    if code == UNKNOWN_OBJECT or response.status_code == httpx.codes.NOT_FOUND:
        fix = "copy phone_number_id from WhatsApp > API Setup, and check that the token's user may see that account"
        return failed(name, f"this token cannot see a number with that id ({answer})", fix)
    if response.is_server_error:
        return warning(name, f"Meta has an outage or an error ({answer})", "try again later; see metastatus.com")
    return failed(name, f"Meta refuses ({answer})", "look the code up in Meta's error codes")


def _code(response: httpx.Response) -> int | None:
    error = _body(response).get("error")
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, int) else None


def _address(body: Mapping[str, Any]) -> str | None:
    """The webhook address that is in effect: the number's, else the account's, else the app's."""
    found = body.get("webhook_configuration")
    if not isinstance(found, Mapping):
        return None
    levels = ("phone_number", "whatsapp_business_account", "application")
    address = next((found[level] for level in levels if found.get(level)), None)
    return without_credentials(address) if isinstance(address, str) else None


def _body(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.removeprefix("v").split("."))


CHECKS = ChannelChecks(offline=(api_version,), online=(number, subscription))
