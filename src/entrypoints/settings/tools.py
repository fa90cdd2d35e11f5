"""What the tools of agents may ask of the service."""

from attrs import Attribute, field, frozen

from entrypoints.settings.errors import ConfigurationError
from entrypoints.settings.secret import Secret

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
    `send_messages`: the tool `send_message` of Astromesh may send to people on the channel of its run.
    """

    secret: tuple[Secret, ...] = field(validator=_long_enough)
    send_messages: bool = False
