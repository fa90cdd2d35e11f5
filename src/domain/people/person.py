"""People, and their conversations."""

from typing import Self

from attrs import frozen

from domain.people.alias import Alias, AliasKind

_SEPARATORS = str.maketrans("", "", " \u00a0()-./")
# Marks in ids. Example: the second owner of the phone number 15550002222 has the id "15550002222~2". After their first
# new session, the session of the agent is "15550002222~2~new1". A name itself never contains a mark (see `id_of`), so
# two people never share a session.
LATER_OWNER = "~"
FRESH_SESSION = "~new"
_MARKS = str.maketrans({"%": "%25", "~": "%7E", ":": "%3A"})


def id_of(name: str, *, owner: int = 1) -> str:
    """The id of the `owner`th person who has this name, a phone number or the channel's user id.

    Phone numbers, and user ids as channels write them, stay as they are. In other names, the marks and the colon (which
    separates the name of the channel) are escaped as in a URL: "a~2" becomes "a%7E2".
    """
    escaped = name if name.isalnum() else name.translate(_MARKS)
    return escaped if owner == 1 else f"{escaped}{LATER_OWNER}{owner}"


def phone_number(text: str) -> str | None:
    """The digits of a phone number as people write it, such as `+1 (555) 000-2222`; None when it is none."""
    digits = text.translate(_SEPARATORS).removeprefix("+")
    return digits if digits.isascii() and digits.isdigit() else None


@frozen(kw_only=True)
class Person:
    """A person on a channel, with every name that the channel has for them.

    `phone` holds digits without a plus sign. `phone_is_shared`: the person showed it, and the channel knows them by
    another name. `user_id` is the channel's own identifier; WhatsApp sends a
    business-scoped one, and for people who hide their number it is the only one there is. `parent_id` is one that
    several businesses of the same owner share, where the channel has such. `language` is the code of their language,
    such as "pt" or "pt-BR", where the channel tells it. `username`, without "@", and `chat_id` are for channels that
    have such.
    """

    phone: str | None = None
    user_id: str | None = None
    name: str | None = None
    parent_id: str | None = None
    language: str | None = None
    username: str | None = None
    chat_id: str | None = None
    phone_is_shared: bool = False

    def __attrs_post_init__(self) -> None:
        if not (self.phone or self.user_id or self.chat_id or self.username or self.parent_id):
            raise ValueError("a person needs a name that the channel knows")

    @property
    def key(self) -> str:
        """The name that identifies the conversation, as operators write it."""
        if self.phone and not self.phone_is_shared:
            return self.phone
        return self.main_alias.written

    @property
    def main_alias(self) -> Alias:
        """The name that the person's id is made of: the number if the channel knows people by it, else the user id."""
        if self.phone and not self.phone_is_shared:
            return Alias(AliasKind.PHONE, self.phone)
        return self.aliases[0]

    @property
    def number(self) -> Alias | None:
        """The phone number, if it is known."""
        return Alias(self._number_kind, self.phone) if self.phone else None

    @property
    def aliases(self) -> tuple[Alias, ...]:
        """Every name that may lead to them."""
        names = (
            (AliasKind.USER_ID, self.user_id),
            (AliasKind.CHAT_ID, self.chat_id),
            (AliasKind.USERNAME, self.username),
            (AliasKind.PARENT_ID, self.parent_id),
            (self._number_kind, self.phone),
        )
        return tuple([Alias(kind, value) for kind, value in names if value])

    @property
    def _number_kind(self) -> AliasKind:
        return AliasKind.SHARED_PHONE if self.phone_is_shared else AliasKind.PHONE


@frozen(kw_only=True)
class Conversation:
    """One person on one channel; everything that must stay in order stays in order within it."""

    channel: str
    user: str

    def __attrs_post_init__(self) -> None:
        if not (self.channel and self.user):
            raise ValueError("a conversation needs a channel and a person")

    def __str__(self) -> str:
        return f"{self.channel}:{self.user}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read back what `str()` wrote; a channel name has no colon.

        Raises:
            ValueError: when a half is missing.
        """
        channel, _, user = text.partition(":")
        return cls(channel=channel, user=user)


def channel_of(conversation: str) -> str:
    """The channel in the text of a conversation. Unlike `Conversation.parse`, it takes any text."""
    return conversation.partition(":")[0]
