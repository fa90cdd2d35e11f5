"""Without signatures, webhooks are accepted from this machine only, unless the configuration allows more."""

import ipaddress

from attrs import evolve

from entrypoints.settings.errors import ConfigurationError
from entrypoints.settings.schema import Settings

CONSEQUENCE = "and the service would listen beyond this machine: anybody could send fake messages"


def refuse_exposed(settings: Settings) -> None:
    """Refuse to listen on `settings.service.http.host` where anybody could send fake messages.

    Raises:
        ConfigurationError: a channel accepts unsigned webhooks, and other machines can reach the host.
    """
    if _loopback(settings.service.http.host):
        return
    problems = [
        evolve(
            why,
            where="channels.yaml",
            key=f"channels.{channel.name}.{why.key}",
            message=f"{why.message}, {CONSEQUENCE}",
        )
        for channel in settings.channels
        if (why := channel.exposed)
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
