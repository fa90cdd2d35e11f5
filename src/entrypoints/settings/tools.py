"""What the tools of agents may ask of the service."""

from attrs import Attribute, field, frozen
from attrs.validators import ge, le

from entrypoints.settings import validators as check
from entrypoints.settings.errors import ConfigurationError
from entrypoints.settings.secret import Secret, without_credentials

MIN_SECRET = 32


def _long_enough(_instance: object, _attribute: "Attribute[tuple[Secret, ...]]", secrets: tuple[Secret, ...]) -> None:
    if not secrets or any(len(secret.reveal()) < MIN_SECRET for secret in secrets):
        raise ConfigurationError.of(
            f"is missing, or shorter than {MIN_SECRET} characters: it could be guessed",
            fix="write what `openssl rand -hex 32` prints, into the environment and not into the file",
        )


@frozen(kw_only=True)
class ToolsSettings:
    """Without this block, tools may ask for nothing.

    `secret` signs what a run is given. All processes need the same. Of several, the first signs, and all are accepted.
    `files_url` is where tools reach this service, to fetch the files of people: each has an address that works for
    `file_seconds`.
    `send_messages`: the tool `send_message` of Astromesh may send to people on the channel of its run.
    """

    secret: tuple[Secret, ...] = field(validator=_long_enough)
    send_messages: bool = False
    files_url: str | None = field(
        default=None,
        validator=check.web_address,
        repr=lambda url: repr(url and without_credentials(url)),
    )
    file_seconds: float = field(default=900.0, validator=[ge(10), le(24 * 3600)])
