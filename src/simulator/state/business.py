"""The two sides of a conversation: a business number, and the people who write to it."""

import hashlib

from attrs import field, frozen


@frozen(kw_only=True)
class BusinessNumber:
    """A business number as Meta keeps it: its name, its credentials and the address of its webhook.

    Without `app_secret`, calls of the webhook have no signature. `phone` holds digits without a plus sign.
    """

    access_token: str = field(repr=False)
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    webhook_url: str
    phone_number_id: str = "100000000000001"
    account_id: str = "200000000000001"
    phone: str = "15550001111"
    name: str = "Trunkline"


@frozen(kw_only=True)
class Person:
    """A person with a phone. `number` holds digits without a plus sign.

    A person who `hides_number` has a username instead: the business sees only the user id, never the number. The user
    id differs after each of the `user_id_changes`. `language` is that of the phone, as Telegram tells it to bots.
    """

    number: str
    name: str
    hides_number: bool = False
    user_id_changes: int = 0
    language: str = "en"

    @property
    def user_id(self) -> str:
        """The business-scoped user id that Meta gives beside the number: two letters, a dot, digits.

        It is a hash of the number. So it changes with the number, as Meta's does, and does not reveal it.
        """
        name = f"{self.number}/{self.user_id_changes}" if self.user_id_changes else self.number
        digest = hashlib.sha256(name.encode()).digest()
        return f"US.{int.from_bytes(digest) % 10**20:020d}"

    @property
    def username(self) -> str:
        letters = "".join(letter for letter in self.name.lower() if letter.isascii() and letter.isalnum())
        return f"{letters or 'somebody'}.example"


def default_people() -> tuple[Person, ...]:
    """The people of a simulator that was given none. Their country codes differ, so that their languages differ."""
    return (
        Person(number="15550002222", name="Ana"),
        Person(number="15550003333", name="Ben"),
        Person(number="550000004444", name="Lúcia", language="pt-br"),
    )
