"""The keys of an address to which Trunkline posts signed messages."""

import ipaddress
from urllib.parse import urlsplit

from attrs import field, frozen
from attrs.validators import ge, gt, le

from entrypoints.settings import validators as check
from entrypoints.settings.errors import ConfigurationError
from entrypoints.settings.secret import Secret, without_credentials

MIN_SECRET_LENGTH = 16


def _secrets(_instance: object, _attribute: object, values: tuple[Secret, ...]) -> None:
    if any(len(value.reveal()) < MIN_SECRET_LENGTH for value in values):
        raise ConfigurationError.of(
            f"is shorter than {MIN_SECRET_LENGTH} characters", fix="`openssl rand -hex 32` makes a good one"
        )


@frozen(kw_only=True)
class SignedAddressSettings:
    """Where signed messages go. `secret` may be a list while it is changed: there is a signature of each.

    `allow_http`: without TLS also beyond this machine. `timeout_seconds` limits one call.
    """

    url: str | None = field(
        default=None, validator=check.web_address, repr=lambda url: repr(url and without_credentials(url))
    )
    secret: tuple[Secret, ...] = field(default=(), validator=_secrets)
    allow_http: bool = False
    timeout_seconds: float = field(default=10.0, validator=[gt(0), le(30)])

    def __attrs_post_init__(self) -> None:
        if self.url is not None and not self.secret:
            raise ConfigurationError.of("has a url without a secret", fix="write a secret that signs the messages")
        if self.url is None and self.secret:
            raise ConfigurationError.of("has a secret without a url", fix="write the url, or remove the secret")
        if self.url is not None and not (self.allow_http or _is_protected(self.url)):
            raise ConfigurationError.of(
                "has a url without TLS", fix="write an https:// address, or allow_http: true in a network of your own"
            )


def _is_protected(url: str) -> bool:
    """Whether nobody else can read what goes there: over TLS, or on this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


@frozen(kw_only=True)
class ProposalsSettings(SignedAddressSettings):
    """Actions that agents propose, and where those go that are approved.

    `expire_seconds`: how long one waits for a decision. `max_open`: how many may wait. `tell_people`: they get a text
    about what became of it. `give_up_seconds`: how long the delivery of an approved one is tried.
    """

    expire_seconds: float = field(default=7 * 24 * 3600.0, validator=[ge(60), le(366 * 24 * 3600)])
    max_open: int = field(default=1_000, validator=[ge(20), le(100_000)])
    tell_people: bool = True
    give_up_seconds: float = field(default=24 * 3600.0, validator=[ge(1), le(30 * 24 * 3600)])
