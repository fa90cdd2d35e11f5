"""Names of people, as tests write them."""

from domain.people.alias import Alias, AliasKind


def alias(text: str) -> Alias:
    """Digits are a phone number, "US.ENT.1" is a parent id, and anything else a user id."""
    if text.isdecimal():
        return Alias(AliasKind.PHONE, text)
    return Alias(AliasKind.PARENT_ID if ".ENT." in text else AliasKind.USER_ID, text)


def aliases(*texts: str) -> tuple[Alias, ...]:
    return tuple(map(alias, texts))
