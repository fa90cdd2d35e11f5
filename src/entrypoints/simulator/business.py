"""The two parties Meta brings together: a business number and the people who write to it."""

import zlib

from attrs import field, frozen


@frozen(kw_only=True)
class BusinessNumber:
    """A business number as Meta keeps it: its name, its credentials and the webhook it calls.

    Without `app_secret` webhooks go out unsigned. `phone` holds digits without a plus sign.
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
    """Somebody with a phone; `number` holds digits without a plus sign."""

    number: str
    name: str

    @property
    def user_id(self) -> str:
        """The business-scoped user id Meta gives beside the number: two letters, a dot, letters and digits."""
        return f"US.{zlib.crc32(self.number.encode()):010d}{self.number}"


def default_people() -> tuple[Person, ...]:
    """Who has a phone when nobody else is named; the country codes differ so that languages do."""
    return (
        Person(number="15550002222", name="Ana"),
        Person(number="15550003333", name="Ben"),
        Person(number="550000004444", name="Lúcia"),
    )
