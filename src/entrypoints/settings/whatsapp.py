"""The keys of a WhatsApp entry."""

from collections.abc import Iterator

from attrs import field, frozen
from attrs.validators import gt

from domain.messages.outbound import TemplateCategory, TemplatePart
from entrypoints.settings import validators as check
from entrypoints.settings.schema import ChannelSettings, without_trailing_slash
from entrypoints.settings.secret import Secret


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

    `app_secret`: a webhook signed with any of them is genuine. With none, signatures are not checked.
    `late_template`: sent in place of an answer that comes after the 24-hour window. Without it such an answer becomes
    a dead letter.
    `messages_per_second`: what Meta accepts from this number (80, or 1,000 after its upgrade).
    `whatsapp_business_account_id`: with it, only notices about this account open the number's circuit breaker.
    """

    verify_token: Secret
    access_token: Secret = field(validator=check.not_empty)
    phone_number_id: str = field(validator=check.phone_number_id)
    app_secret: tuple[Secret, ...] = ()
    allow_unsigned: bool = False
    api_url: str = field(
        default="https://graph.facebook.com", converter=without_trailing_slash, validator=check.web_address
    )
    api_version: str = field(default="v25.0", validator=check.api_version)
    late_template: TemplateSettings | None = None
    messages_per_second: float = field(default=80.0, validator=gt(0))
    whatsapp_business_account_id: str | None = field(default=None, validator=check.business_account_id)

    @property
    def account(self) -> tuple[str, str]:
        return "phone_number_id", self.phone_number_id

    @property
    def exposed(self) -> bool:
        return not self.app_secret and not self.allow_unsigned

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
        secrets = {"verify_token": [self.verify_token], "access_token": [self.access_token]}
        for key, values in {**secrets, "app_secret": self.app_secret}.items():
            if any(secret.reveal() != secret.reveal().strip() for secret in values):
                yield f"{key} begins or ends with white space, which is rarely intended; check where it was copied."
