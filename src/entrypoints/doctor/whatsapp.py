"""Checks of one WhatsApp number against Meta's Graph API.

Neither Meta's words nor the HTTP client's are repeated: both may quote the access token.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import httpx

from entrypoints.doctor.findings import Finding, failed, ok, warning
from entrypoints.settings import WhatsAppSettings
from entrypoints.settings.secret import without_credentials

# Last days of the Graph API's versions (Meta's Graph API changelog, November 2026). Meta reroutes dead ones to the
# oldest living one, without a word.
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


def api_version(channel: WhatsAppSettings, *, today: date) -> Finding:
    """Whether Meta still serves the version we speak, and for how long."""
    name, version = f"{channel.name}: API version", channel.api_version
    end = END_OF_LIFE.get(version)
    newest = max(END_OF_LIFE, key=_number)
    fix = f"set api_version to {newest} or a later one"
    if end is None and _number(version) < min(map(_number, END_OF_LIFE)):
        return failed(name, f"{version} has ended", fix)
    if end is None:
        return ok(name, f"{version}, whose end is not known to this release")
    if end <= today:
        return failed(name, f"{version} ended on {end.isoformat()}", fix)
    if end - today <= NOTICE:
        return warning(name, f"{version} ends on {end.isoformat()}", fix)
    return ok(name, f"{version}, served until {end.isoformat()}")


async def number(channel: WhatsAppSettings, *, client: httpx.AsyncClient) -> Finding:
    """Whether the token is good for the number."""
    name, token = f"{channel.name}: token and number", channel.access_token.reveal()
    if not re.fullmatch(r"[!-~]+", token):
        return failed(name, "access_token holds white space or characters no token has", "copy it again")
    try:
        response = await _ask(channel, client, "display_phone_number,verified_name,quality_rating")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        problem = f"{channel.api_url} cannot be reached ({type(error).__name__})"
        return failed(name, problem, "check the network, the proxy and api_url")
    if not response.is_success:
        return _refused(name, response)
    said = _body(response)
    quality = said.get("quality_rating", "UNKNOWN")
    message = f"{said.get('display_phone_number', '?')} ({said.get('verified_name', '?')}), quality {quality}"
    if quality in {"YELLOW", "RED"}:
        return warning(name, message, "people block or report this number: see Meta's WhatsApp Manager")
    return ok(name, message)


async def subscription(channel: WhatsAppSettings, *, client: httpx.AsyncClient) -> Finding:
    """Where Meta delivers the number's messages, as far as it tells.

    Which webhook fields are subscribed can only be asked with a token of the app, which we do not have.
    """
    name, path = f"{channel.name}: webhook", f"/v1/channels/{channel.name}/webhook"
    fix = (
        f"in Meta's App Dashboard, WhatsApp > Configuration: set the Callback URL to https://YOUR-DOMAIN{path} and the "
        "Verify Token to verify_token, subscribe to the field messages, and publish the app"
    )
    try:
        response = await _ask(channel, client, "webhook_configuration")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError):
        return warning(name, "Meta could not be asked where it delivers", fix)
    address = _address(_body(response))
    if address is None:
        return warning(name, "Meta does not say where it delivers", fix)
    if not address.endswith(path):
        return warning(name, f"Meta delivers to {address}, which is not the address of this channel", fix)
    return ok(name, f"Meta delivers to {address}; that messages is subscribed, only its dashboard shows")


async def _ask(channel: WhatsAppSettings, client: httpx.AsyncClient, fields: str) -> httpx.Response:
    url = f"{channel.api_url}/{channel.api_version}/{channel.phone_number_id}"
    headers = {"Authorization": f"Bearer {channel.access_token.reveal()}"}
    return await client.get(url, params={"fields": fields}, headers=headers)


def _refused(name: str, response: httpx.Response) -> Finding:
    """What a refusal means, by Meta's error code and else by the HTTP status."""
    code = _code(response)
    said = f"HTTP {response.status_code}" + (f", code {code}" if code is not None else "")
    if code == EXPIRED_TOKEN or response.status_code == httpx.codes.UNAUTHORIZED:
        return failed(name, f"the access token expired or is wrong ({said})", SYSTEM_USER)
    if code in THROTTLES or response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return warning(name, f"Meta asks for patience ({said})", "try again later")
    if code in PERMISSIONS or response.status_code == httpx.codes.FORBIDDEN:
        return failed(name, f"the access token lacks a permission ({said})", SYSTEM_USER)
    if code == UNKNOWN_OBJECT or response.status_code == httpx.codes.NOT_FOUND:
        fix = "copy phone_number_id from WhatsApp > API Setup, and check that the token's user may see that account"
        return failed(name, f"this token sees no number of that id ({said})", fix)
    if response.is_server_error:
        return warning(name, f"Meta has trouble ({said})", "try again later; see metastatus.com")
    return failed(name, f"Meta refuses ({said})", "look the code up in Meta's error codes")


def _code(response: httpx.Response) -> int | None:
    error = _body(response).get("error")
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, int) else None


def _address(body: Mapping[str, Any]) -> str | None:
    """The address in force: that of the number goes before that of the account, and that before the app's."""
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
