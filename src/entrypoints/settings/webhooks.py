"""The keys of an address to which Trunkline posts signed messages."""

import ipaddress
from urllib.parse import urlsplit

from attrs import field, frozen
from attrs.validators import ge, gt, le

from entrypoints.settings import validators as check
from entrypoints.settings.errors import ConfigurationError
from entrypoints.settings.secret import Secret, without_credentials


@frozen(kw_only=True)
class SignedAddressSettings:
    """Where signed messages go. `secret` may be a list while it is changed: there is a signature of each.

    It must be an https address, and public, or one of this machine. `allow_private` allows every other one.
    `timeout_seconds` limits one call.
    """

    url: str | None = field(
        default=None, validator=check.web_address, repr=lambda url: repr(url and without_credentials(url))
    )
    secret: tuple[Secret, ...] = field(default=(), validator=check.signing_secrets)
    allow_private: bool = False
    timeout_seconds: float = field(default=10.0, validator=[gt(0), le(30)])

    def __attrs_post_init__(self) -> None:
        if self.url is not None and not self.secret:
            raise ConfigurationError.of("has a url without a secret", fix="write a secret that signs the messages")
        if self.url is None and self.secret:
            raise ConfigurationError.of("has a secret without a url", fix="write the url, or remove the secret")
        if self.is_public_only and not (self.url or "").startswith("https://"):
            fix = "write an https:// address, or allow_private: true in a network of your own"
            raise ConfigurationError.of("has a url without TLS", fix=fix)

    @property
    def is_public_only(self) -> bool:
        """Whether no connection may be made to an address that is not public."""
        return self.url is not None and not self.allow_private and not _is_loopback(self.url)


def _is_loopback(url: str) -> bool:
    """Whether the address is written as one of this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
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
