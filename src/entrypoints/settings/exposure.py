"""Without signatures, webhooks are accepted from this machine only, unless the configuration allows more."""

import ipaddress

from entrypoints.settings.errors import ConfigurationError, Problem
from entrypoints.settings.schema import Settings


def refuse_exposed(settings: Settings) -> None:
    """Refuse to listen on `settings.service.http.host` where anybody could send fake messages.

    Raises:
        ConfigurationError: a channel accepts unsigned webhooks, and other machines can reach the host.
    """
    if _loopback(settings.service.http.host):
        return
    problems = [
        Problem(
            where="channels.yaml",
            key=f"channels.{channel.name}.app_secret",
            message="is not set, and the service would listen beyond this machine: anybody could send fake messages",
            fix="set it, or listen on 127.0.0.1, or write allow_unsigned: true into the channel",
        )
        for channel in settings.channels
        if channel.exposed
    ]
    if problems:
        raise ConfigurationError(problems)


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
