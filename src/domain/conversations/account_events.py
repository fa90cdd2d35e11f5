"""What a channel tells us that is neither a message to the agent nor the fate of one of ours."""

from attrs import field, frozen
from attrs.validators import min_len

from domain.people.person import Person


@frozen(kw_only=True)
class HumanReply:
    """Somebody of the business wrote to `to` by hand, past us. `at`: unix seconds.

    `answers` is false where it only touches what was said before: a reaction, a correction, a retraction.
    """

    channel: str
    to: Person
    message_id: str = field(validator=min_len(1))
    body: str
    at: float
    answers: bool = True


@frozen(kw_only=True)
class AccountNotice:
    """Something happened to the account or the number: `kind` in the channel's words, `detail` what exactly.

    `urgent`: until somebody acts, messages may not go out. `at`: unix seconds; not `dated`, it is when the notice
    arrived, for the channel does not say when it was written.
    """

    channel: str
    kind: str
    detail: str = ""
    urgent: bool = False
    at: float
    dated: bool = True


@frozen(kw_only=True)
class MarketingPreference:
    """A person no longer takes marketing messages from us (`allowed` is false), or takes them again.

    It holds until a later one of the same person. `at`: unix seconds. `said` is the channel's own wording.
    """

    channel: str
    person: Person
    allowed: bool
    at: float
    said: str = ""
