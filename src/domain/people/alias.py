"""The names that a channel has for people."""

from enum import StrEnum

from attrs import frozen


class AliasKind(StrEnum):
    """What a name is. Names of two kinds are never the same, whatever their text.

    PHONE: a phone number that the channel knows people by. SHARED_PHONE: a phone number that a person showed, on a
    channel that knows people by other names. USER_ID: the channel's own id of a person. PARENT_ID: an id that several
    people may share. USERNAME: a name that the person chose, and may change. CHAT_ID: the channel's id of a chat.

    Example: on Telegram, 34600123456 may be the user id of one person, and the number that another one showed.
    """

    PHONE = "phone"
    SHARED_PHONE = "shared_phone"
    USER_ID = "user_id"
    PARENT_ID = "parent_id"
    USERNAME = "username"
    CHAT_ID = "chat_id"


# Operators write these before such a name. Without them it would look like an id.
SIGNS = {AliasKind.SHARED_PHONE: "+", AliasKind.USERNAME: "@"}


@frozen
class Alias:
    """One name. A phone number holds digits without a plus sign, a username has no "@"."""

    kind: AliasKind
    value: str

    def __attrs_post_init__(self) -> None:
        if not self.value:
            raise ValueError("an alias needs a name")

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @property
    def is_number(self) -> bool:
        """Whether it is a phone number: those change hands."""
        return self.kind in (AliasKind.PHONE, AliasKind.SHARED_PHONE)

    @property
    def written(self) -> str:
        """The name as operators write it. Example: "15550002222", "@ana"."""
        return f"{SIGNS.get(self.kind, '')}{self.value}"
