"""The bot, as Telegram keeps it."""

import secrets

from attrs import field, frozen


@frozen(kw_only=True)
class Bot:
    """A bot: its token, which begins with its id, its name, and its username."""

    token: str = field(repr=False)
    name: str = "Trunkline"
    username: str = "trunkline_bot"

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])

    @property
    def user(self) -> dict[str, object]:
        """The bot as the sender of a message."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


def new_bot() -> Bot:
    """A bot with a random token, in the form that @BotFather gives."""
    return Bot(token=f"{10**9 + secrets.randbelow(9 * 10**9)}:{secrets.token_urlsafe(26)}")
