"""The keys that every type of channel has, in channels.yaml."""

from attrs import field, frozen
from attrs.validators import ge, gt, le

from domain.conversations.loops import LoopPolicy
from domain.conversations.person_commands import Commands
from domain.conversations.routing import Routing
from domain.messages.localized_texts import Texts
from domain.policies.budget import Budget
from domain.policies.debounce import IMMEDIATE, Debounce
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.retry import UnconfirmedSends
from domain.policies.staleness import Staleness
from entrypoints.settings import validators as check
from entrypoints.settings.errors import Problem
from entrypoints.settings.reading import READER
from entrypoints.settings.routing import read_routing
from entrypoints.settings.secret import Secret
from entrypoints.settings.texts import read_texts
from entrypoints.texts import shipped_texts

DEBOUNCE_CAP_SECONDS = 5.0
GUIDES_CHANNEL = "whatsapp"


@frozen(kw_only=True)
class ProviderSettings:
    """The model provider of one channel, by Astromesh's name of it, and the key."""

    name: str = field(validator=check.header_value)
    key: Secret = field(validator=check.header_value)


@frozen(kw_only=True)
class ChannelSettings:
    """What every type of channel has: one entry of config/channels.yaml.

    `name` is the entry's own key, `type` the name of its `ChannelType`.
    `acknowledge`: show people that their message was read and that an answer is being written.
    `human_seconds`: how long the agent stays silent after a human has taken over.
    `unconfirmed_sends`: what follows when nobody knows whether a message was sent, on a channel that confirms nothing.
    `link_by_phone`: a number that a person shares, and that the channel proves, joins them to who writes from it on
    another channel.
    `provider`: whose model answers in place of the agent's own, with this channel's key.
    `budget`: how much the agents may cost in a day, for each person and for the channel.
    `routing`: when another agent than `default_agent` answers, or a text.
    """

    name: str
    type: str
    default_agent: str = field(validator=check.not_empty)
    rate_limit: RateLimitPolicy | None = field(factory=RateLimitPolicy)
    loops: LoopPolicy | None = field(factory=LoopPolicy)
    stale: Staleness = field(factory=Staleness)
    debounce_seconds: float = field(default=1.0, validator=[ge(0), le(DEBOUNCE_CAP_SECONDS)])
    language: str = field(default="en", validator=check.language_code)
    texts: Texts = field(factory=shipped_texts, repr=False, metadata={READER: read_texts})
    session_id: str = field(validator=check.session_template)
    acknowledge: bool = True
    commands: Commands = field(factory=Commands)
    human_seconds: float = field(default=12 * 3600.0, validator=gt(0))
    unconfirmed_sends: UnconfirmedSends = field(default=UnconfirmedSends.RESEND, validator=check.without_confirmation)
    link_by_phone: bool = False
    provider: ProviderSettings | None = None
    budget: Budget | None = None
    routing: Routing | None = field(default=None, metadata={READER: read_routing})

    @session_id.default
    def _session_id(self) -> str:
        """The phone number alone for the entry named in the integration guide. Others have their own sessions."""
        return "{user}" if self.name == GUIDES_CHANNEL else "{channel}:{user}"

    @property
    def debounce(self) -> Debounce:
        if self.debounce_seconds == 0:
            return IMMEDIATE
        return Debounce(quiet_seconds=self.debounce_seconds, cap_seconds=DEBOUNCE_CAP_SECONDS)

    @property
    def account(self) -> tuple[str, str]:
        """The key that identifies the account at the provider, and its value. No two entries may have the same."""
        raise NotImplementedError

    @property
    def exposed(self) -> Problem | None:
        """Why anybody who reaches the webhook can send fake messages, and how to prevent or to allow that.

        None where nobody can, or where the configuration allows it.
        """
        return None

    @property
    def verifies_senders(self) -> bool:
        """Whether it is certain who a message is from."""
        return True

    def agents(self) -> tuple[tuple[str, str], ...]:
        """The agents that may answer, as they are written, each after the key that names it."""
        rules = self.routing.rules if self.routing else ()
        routed = [(f"routing.rules.{number}.agent", rule.agent) for number, rule in enumerate(rules, 1) if rule.agent]
        return (("default_agent", self.default_agent), *routed)

    def warnings(self) -> tuple[str, ...]:
        """What works, but probably not as intended: one sentence each, with the fix after a semicolon."""
        return ()
