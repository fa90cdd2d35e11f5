"""The keys of a WhatsApp entry."""

from collections.abc import Iterator

from attrs import field, frozen
from attrs.validators import gt

from domain.messages.outbound import TemplateCategory, TemplatePart
from entrypoints.settings import validators as check
from entrypoints.settings.channel import ChannelSettings
from entrypoints.settings.converters import without_trailing_slash
from entrypoints.settings.errors import Problem
from entrypoints.settings.reading import READER, required_secrets
from entrypoints.settings.secret import Secret

api_version = check.matching(r"v[0-9]+\.[0-9]+", "is not a Graph API version", fix="write it like v25.0")
phone_number_id = check.matching(
    "[0-9]+",
    "must be digits only",
    fix="copy the Phone number ID (not the phone number) from WhatsApp > API Setup in Meta's App Dashboard",
)
business_account_id = check.matching(
    "[0-9]+",
    "must be digits only",
    fix="copy the WhatsApp Business Account ID from WhatsApp > API Setup in Meta's App Dashboard",
)


@frozen(kw_only=True)
class TemplateSettings:
    """A template that Meta approved, with the values of its placeholders in order.

    Without a `category` it is not sent to people who refused marketing messages.
    """

    name: str = field(validator=check.not_empty)
    language: str = field(validator=check.not_empty)
    parameters: tuple[str, ...] = ()
    category: TemplateCategory | None = None

    @property
    def part(self) -> TemplatePart:
        return TemplatePart(name=self.name, language=self.language, parameters=self.parameters, category=self.category)


@frozen(kw_only=True)
class WhatsAppSettings(ChannelSettings):
    """One business number of Meta's Cloud API.

    `verify_token`: Meta's verification of the webhook may bring any of them.
    `app_secret`: a webhook signed with any of them is genuine. With none, signatures are not checked.
    `late_template`: sent in place of an answer that comes after the 24-hour window. Without it such an answer becomes
    a dead letter.
    `messages_per_second`: what Meta accepts from this number (80, or 1,000 after its upgrade).
    `whatsapp_business_account_id`: with it, only notices about this account open the number's circuit breaker.
    """

    type: str = "whatsapp"
    verify_token: tuple[Secret, ...] = field(metadata={READER: required_secrets})
    access_token: Secret = field(validator=check.not_empty)
    phone_number_id: str = field(validator=phone_number_id)
    app_secret: tuple[Secret, ...] = ()
    allow_unsigned: bool = False
    api_url: str = field(
        default="https://graph.facebook.com", converter=without_trailing_slash, validator=check.web_address
    )
    api_version: str = field(default="v25.0", validator=api_version)
    late_template: TemplateSettings | None = None
    messages_per_second: float = field(default=80.0, validator=gt(0))
    whatsapp_business_account_id: str | None = field(default=None, validator=business_account_id)

    @property
    def account(self) -> tuple[str, str]:
        return "phone_number_id", self.phone_number_id

    @property
    def exposed(self) -> Problem | None:
        if self.app_secret or self.allow_unsigned:
            return None
        fix = "set it, or listen on 127.0.0.1, or write allow_unsigned: true into the channel"
        return Problem(key="app_secret", message="is not set", fix=fix)

    @property
    def verifies_senders(self) -> bool:
        return bool(self.app_secret)

    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings())

    def _warnings(self) -> Iterator[str]:
        if not self.app_secret:
            yield (
                "app_secret is not set, so signatures are not checked and anybody who reaches the webhook can send "
                "fake messages; set app_secret to the App Secret of Meta's App Dashboard (Settings > Basic)."
            )
        if not self.verify_token:
            yield (
                "verify_token is empty, so Meta's verification of the webhook will always fail; "
                "set it to a text of your choice and write the same one in Meta's dashboard."
            )
        secrets = {
            "verify_token": self.verify_token,
            "access_token": (self.access_token,),
            "app_secret": self.app_secret,
        }
        for key, values in secrets.items():
            if any(secret.reveal() != secret.reveal().strip() for secret in values):
                yield f"{key} begins or ends with white space, which is rarely intended; check where it was copied."
