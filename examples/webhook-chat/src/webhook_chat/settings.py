"""The keys of an entry of channels.yaml, beside those that every channel has."""

from enum import StrEnum

from attrs import field, frozen

from entrypoints.settings import ChannelSettings, Secret
from entrypoints.settings import validators as check
from entrypoints.settings.converters import without_trailing_slash


class Receive(StrEnum):
    """How messages come: the chat calls our webhook, or we ask for them."""

    WEBHOOK = "webhook"
    POLLING = "polling"


@frozen(kw_only=True)
class WebhookChatSettings(ChannelSettings):
    """One chat: `api_url` is where it takes our messages, `secret` signs the calls of both sides."""

    api_url: str = field(converter=without_trailing_slash, validator=check.web_address)
    secret: Secret = field(validator=check.not_empty)
    receive: Receive = Receive.WEBHOOK

    @property
    def account(self) -> tuple[str, str]:
        return "api_url", self.api_url
