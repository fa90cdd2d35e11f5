"""The channels of this installation: each with its adapters and its rules."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from application.ports.agent import ProviderKey
from application.ports.inbound_channel import InboundChannel
from application.ports.media import MediaPort
from application.ports.messenger import MessengerPort
from application.ports.update_source import UpdateSource
from domain.conversations.loops import LoopPolicy
from domain.conversations.person_commands import Commands
from domain.conversations.routing import Routing
from domain.conversations.state import ConversationState
from domain.messages.localized_texts import Texts
from domain.messages.outbound import DraftPart, TemplatePart
from domain.people.person import FRESH_SESSION, Conversation
from domain.policies.budget import Budget
from domain.policies.debounce import Debounce
from domain.policies.rate_limit import RateLimitPolicy
from domain.policies.retry import UnconfirmedSends
from domain.policies.staleness import Staleness


class UnknownChannelError(LookupError):
    """No channel of that name is configured."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no channel named {name!r}")
        self.name = name


@frozen(kw_only=True)
class Channel:
    """One account, such as a business number or a bot: its adapters, the agent that answers, and its rules.

    `updates` fetches what people sent, where the channel calls no webhook.
    `session_id` is a template with `{user}` and `{channel}`. `acknowledges`: people see that they were read, and that
    an answer is being written. `human_seconds` is how long the agent is silent after a human took over.
    `window_seconds` is how long after a person's message free texts may be sent (the customer service window), and
    `late_template` is sent instead of an answer that comes later. `unconfirmed_sends` is for a channel that cannot
    confirm what was sent. `verifies_senders`: the channel proves who a message is from. `link_by_phone`:
    a number that a person shares joins them to who writes from it on another channel. `provider`: whose model answers,
    with the key of this channel, in place of the agent's own. `budget`: how much its agents may cost in a day.
    `routing`: when another agent than `agent` answers.
    """

    name: str
    inbound: InboundChannel
    messenger: MessengerPort
    media: MediaPort | None = None
    updates: UpdateSource | None = None
    agent: str
    texts: Texts
    rate_limit: RateLimitPolicy | None = None
    loops: LoopPolicy | None = field(factory=LoopPolicy)
    staleness: Staleness = field(factory=Staleness)
    debounce: Debounce = field(factory=Debounce)
    session_id: str = "{user}"
    acknowledges: bool = True
    commands: Commands = field(factory=Commands)
    human_seconds: float = 12 * 3600.0
    window_seconds: float | None = None
    late_template: TemplatePart | None = None
    unconfirmed_sends: UnconfirmedSends = UnconfirmedSends.RESEND
    verifies_senders: bool = True
    link_by_phone: bool = False
    provider: ProviderKey | None = None
    budget: Budget | None = None
    routing: Routing | None = None

    @property
    def after_unconfirmed(self) -> UnconfirmedSends:
        """What follows an unconfirmed send: a channel that confirms none is not waited for."""
        confirms = self.messenger.capabilities.confirms_sends
        return UnconfirmedSends.CONFIRM if confirms else self.unconfirmed_sends

    def accepts(self, part: DraftPart, *, heard_at: float | None, now: float) -> bool:
        """Whether the channel accepts this part now, when the person last wrote at `heard_at`."""
        return isinstance(part, TemplatePart) or self.window_open(heard_at=heard_at, now=now)

    def window_open(self, *, heard_at: float | None, now: float) -> bool:
        """Whether free texts may be sent."""
        if self.window_seconds is None:
            return True
        return heard_at is not None and now - heard_at < self.window_seconds

    def session_of(self, conversation: Conversation, state: ConversationState) -> str:
        """The session id of this person. Each new session gets another one, and no two people share one."""
        if state.joined_session:
            return numbered_session(state.joined_session, state.session)
        return self.session_numbered(state.session, conversation)

    def session_numbered(self, number: int, conversation: Conversation) -> str:
        """The id of one of their sessions: 0 is the first one."""
        return numbered_session(self.session_id.format(user=conversation.user, channel=conversation.channel), number)


def numbered_session(first: str, number: int) -> str:
    """The id of a new session of the person whose first one is `first`; 0 is that one."""
    return f"{first}{FRESH_SESSION}{number}" if number else first


@frozen
class Channels:
    """All channels, by name."""

    _by_name: Mapping[str, Channel]

    @classmethod
    def of(cls, channels: Sequence[Channel]) -> "Channels":
        return cls({channel.name: channel for channel in channels})

    def __getitem__(self, name: str) -> Channel:
        """The channel called `name`.

        Raises:
            UnknownChannelError: when there is none.
        """
        try:
            return self._by_name[name]
        except KeyError as error:
            raise UnknownChannelError(name) from error

    def know(self, name: str) -> bool:
        """Whether there is a channel called `name`."""
        return name in self._by_name

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._by_name.values())
