"""Events of a channel that are neither messages nor statuses."""

from attrs import field, frozen
from attrs.validators import min_len

from domain.people.person import Person


@frozen(kw_only=True)
class HumanReply:
    """Somebody of the business wrote to `to` by hand, in the channel's own app. `at`: unix seconds.

    `answers` is false for a reaction, a correction or a retraction. `body` then says what they did, as in "reacted with
    👍 to an earlier message".
    """

    channel: str
    to: Person
    message_id: str = field(validator=min_len(1))
    body: str
    at: float
    answers: bool = True


@frozen(kw_only=True)
class AccountNotice:
    """Something happened to the account: `kind` in the channel's words, and `detail`.

    `urgent`: messages may not go out until somebody acts. `at`: unix seconds. When it is not `dated`, the channel does
    not say when it happened, and `at` is when the notice arrived.
    """

    channel: str
    kind: str
    detail: str = ""
    urgent: bool = False
    at: float
    dated: bool = True


@frozen(kw_only=True)
class MarketingPreference:
    """A person refuses marketing messages from us (`allowed` is false), or allows them again.

    It holds until a later one of the same person. `at`: unix seconds. `description` is the channel's own text.
    """

    channel: str
    person: Person
    allowed: bool
    at: float
    description: str = ""


@frozen(kw_only=True)
class Reachability:
    """A person cannot be reached any more (`reachable` is false): they blocked us, or left. Or they can be again.

    It holds until a later one of the same person, or until they write. `at`: unix seconds. `description` is the
    channel's own text.
    """

    channel: str
    person: Person
    reachable: bool
    at: float
    description: str = ""


@frozen(kw_only=True)
class ThreadControl:
    """Another app of the business answers in this conversation, or, when it `is_ours`, we do again.

    `event_id` is the same when the event is delivered again. `text` is what the person wrote to the other app, if
    anything. `at`: unix seconds. `description` is for operators.
    """

    channel: str
    person: Person
    is_ours: bool
    at: float
    event_id: str = field(validator=min_len(1))
    description: str = ""
    text: str = ""
