"""The channels this installation serves: each with its adapters and its rules."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import field, frozen

from application.ports.inbound_channel import InboundChannel
from application.ports.messenger import MessengerPort
from domain.conversations import Conversation
from domain.debounce import Debounce
from domain.rate_limit import RateLimitPolicy
from domain.staleness import Staleness
from domain.texts import Texts


class UnknownChannelError(LookupError):
    """No channel of that name is configured."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no channel named {name!r}")
        self.name = name


@frozen(kw_only=True)
class Channel:
    """One business number (or bot): how it is heard, how it speaks, who answers, and under which rules.

    `session_id` is a template over `{user}` and `{channel}`.
    """

    name: str
    inbound: InboundChannel
    messenger: MessengerPort
    agent: str
    texts: Texts
    rate_limit: RateLimitPolicy | None = None
    staleness: Staleness = field(factory=Staleness)
    debounce: Debounce = field(factory=Debounce)
    session_id: str = "{user}"

    def session_of(self, conversation: Conversation) -> str:
        return self.session_id.format(user=conversation.user, channel=conversation.channel)


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

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._by_name.values())
