"""Unsigned webhooks stay on this machine, unless somebody wrote down that they need not."""

import ipaddress

from entrypoints.settings.errors import ConfigurationError, Problem
from entrypoints.settings.schema import Settings


def refuse_exposed(settings: Settings) -> None:
    """Check before listening on `settings.service.http.host`.

    Raises:
        ConfigurationError: a channel takes unsigned webhooks and the host is reachable from other machines.
    """
    if _loopback(settings.service.http.host):
        return
    problems = [
        Problem(
            where="channels.yaml",
            key=f"channels.{channel.name}.app_secret",
            message="is not set, and the service would listen beyond this machine: anybody could send fake messages",
            mend="set it, or listen on 127.0.0.1, or write allow_unsigned: true into the channel",
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
