"""The keys of a Telegram entry."""

from enum import StrEnum

from attrs import field, frozen

from domain.conversations.person_commands import Commands
from entrypoints.settings import validators as check
from entrypoints.settings.channel import ChannelSettings
from entrypoints.settings.converters import without_trailing_slash
from entrypoints.settings.errors import ConfigurationError, Problem
from entrypoints.settings.secret import Secret

bot_token = check.matching(
    r"[0-9]+:[A-Za-z0-9_-]+", "is not a bot token", fix="copy the token that @BotFather gave you, like 123456:ABC-DEF"
)
secret_token = check.matching(
    "[A-Za-z0-9_-]{1,256}",
    "is not a secret token that Telegram takes",
    fix="write 1 to 256 letters, digits, _ and -; `openssl rand -hex 32` makes a good one",
)


class Receive(StrEnum):
    """How updates come: Telegram calls our webhook, or we ask for them."""

    WEBHOOK = "webhook"
    POLLING = "polling"


def _secret_tokens(instance: object, attribute: object, values: tuple[Secret, ...]) -> None:
    for value in values:
        secret_token(instance, attribute, value)


@frozen(kw_only=True)
class TelegramSettings(ChannelSettings):
    """One bot of Telegram.

    `secret_token`: a webhook that brings any of them is genuine; who only asks for updates needs none. Telegram sends
    "/start" in a person's name when they begin to use a bot.
    """

    type: str = "telegram"
    commands: Commands = field(factory=lambda: Commands(start=("/start",)))
    bot_token: Secret = field(validator=bot_token)
    secret_token: tuple[Secret, ...] = field(default=(), validator=_secret_tokens)
    receive: Receive = Receive.WEBHOOK
    api_url: str = field(
        default="https://api.telegram.org", converter=without_trailing_slash, validator=check.web_address
    )

    def __attrs_post_init__(self) -> None:
        if self.receive is Receive.WEBHOOK and not self.secret_token:
            problem = Problem(
                key="secret_token",
                message="is missing or empty, so anybody could send fake messages",
                fix="set it, and register the webhook again; or write receive: polling",
            )
            raise ConfigurationError([problem])

    @property
    def account(self) -> tuple[str, str]:
        """The id of the bot, which its token begins with."""
        return "bot_token", self.bot_token.reveal().partition(":")[0]
