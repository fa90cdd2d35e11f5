"""The keys of service.yaml, and the whole configuration."""

from pathlib import Path

from attrs import field, frozen
from attrs.validators import ge, gt, le
from attrs.validators import optional as optional_validator

from entrypoints.settings import validators as check
from entrypoints.settings.agents import AgentsSettings, as_runtimes, read_runtimes
from entrypoints.settings.channel import ChannelSettings
from entrypoints.settings.converters import lower_case, without_trailing_slash
from entrypoints.settings.event_receivers import EventReceiverSettings, read_receivers
from entrypoints.settings.reading import READER
from entrypoints.settings.secret import Secret, without_credentials
from entrypoints.settings.tools import ToolsSettings
from entrypoints.settings.webhooks import ProposalsSettings


@frozen(kw_only=True)
class HttpSettings:
    """Where the service listens. `body_memory_mb`: how many megabytes all request bodies together may take."""

    host: str = field(default="127.0.0.1", validator=check.not_empty)
    port: int = field(default=8080, validator=[ge(0), le(65535)])
    body_memory_mb: int = field(default=64, validator=ge(8))


@frozen(kw_only=True)
class WorkerSettings:
    """How workers answer conversations.

    `concurrency`: how many turns one process answers at the same time.
    `lease_seconds`: how long a worker may be silent before another one takes over its turns.
    `grace_seconds`: how long turns may go on after SIGTERM.
    `confirm_seconds`: how long to wait for a delivery confirmation when the outcome of a send is unknown; after that
    the message is sent again.
    `file_memory_mb`: how many megabytes of files from people one process holds at the same time. The smallest allowed
    value holds the largest file, or all images of one turn.
    """

    concurrency: int = field(default=1000, validator=ge(1))
    lease_seconds: float = field(default=10.0, validator=ge(0.5))
    grace_seconds: float = field(default=20.0, validator=ge(0))
    confirm_seconds: float = field(default=30.0, validator=ge(0))
    file_memory_mb: int = field(default=64, validator=ge(20))


@frozen(kw_only=True)
class TranscriberSettings:
    """What turns voice notes into text: an OpenAI-compatible endpoint at `url`, like `https://api.openai.com/v1`."""

    url: str = field(
        default="https://api.openai.com/v1",
        converter=without_trailing_slash,
        validator=check.web_address,
        repr=lambda url: repr(without_credentials(url)),
    )
    model: str = field(validator=check.not_empty)
    api_key: Secret | None = None
    timeout_seconds: float = field(default=30.0, validator=gt(0))


@frozen(kw_only=True)
class TranscriptSettings:
    """What is kept of each conversation for operators: so many messages and events, for so many days."""

    days: int = field(default=7, validator=[ge(1), le(90)])
    messages: int = field(default=500, validator=[ge(10), le(5000)])


@frozen(kw_only=True)
class ServiceSettings:
    """The installation: config/service.yaml and the `TRUNKLINE_` variables.

    `agents`: where agents run. The first of several has the agents that are named without a runtime.
    `store_memory_mb`: how many megabytes the embedded store may take. None is a quarter of the memory of the machine
    or container.
    `store_require_durable`: refuse a store of our own that keeps messages only in memory (appendonly no).
    `max_waiting_messages`: how many messages of one person may wait.
    `max_dead_letters`: how many dead letters are kept, and `dead_letter_days` for how long.
    `remember_seconds`: how long texts are kept, for replies that quote them, and the delivery statuses of our messages.
    `transcripts`: what operators can read of conversations; None keeps nothing.
    `usage_days`: how long it is kept what agents used. `audit_days`: how long, what operators did.
    `webhooks`: who gets events. `webhook_backlog`: about how many events are kept for them while they take none.
    `admin_token`: without it there are no operators' routes.
    """

    store: str = field(default=check.EMBEDDED_STORE, validator=check.store_address, repr=without_credentials)
    store_memory_mb: int | None = field(default=None, validator=optional_validator(ge(64)))
    store_require_durable: bool = False
    max_waiting_messages: int = field(default=1000, validator=ge(50))
    max_dead_letters: int = field(default=10_000, validator=ge(1))
    dead_letter_days: int = field(default=30, validator=[ge(1), le(3650)])
    data_dir: Path = Path(".trunkline")
    agents: tuple[AgentsSettings, ...] = field(
        factory=AgentsSettings, converter=as_runtimes, metadata={READER: read_runtimes}
    )
    http: HttpSettings = field(factory=HttpSettings)
    worker: WorkerSettings = field(factory=WorkerSettings)
    transcriber: TranscriberSettings | None = None
    proposals: ProposalsSettings = field(factory=ProposalsSettings)
    tools: ToolsSettings | None = None
    webhooks: tuple[EventReceiverSettings, ...] = field(default=(), metadata={READER: read_receivers})
    webhook_backlog: int = field(default=100_000, validator=[ge(1_000), le(10_000_000)])
    remember_seconds: float = field(default=24 * 3600.0, validator=ge(1))
    transcripts: TranscriptSettings | None = field(factory=TranscriptSettings)
    usage_days: int = field(default=90, validator=[ge(1), le(800)])
    audit_days: int = field(default=365, validator=[ge(1), le(3650)])
    admin_token: Secret | None = None
    log_level: str = field(default="info", converter=lower_case, validator=check.log_level)


@frozen(kw_only=True)
class Settings:
    """The whole configuration."""

    service: ServiceSettings
    channels: tuple[ChannelSettings, ...]

    def warnings(self) -> tuple[str, ...]:
        """The warnings of all channels, for the log and for `doctor`."""
        return tuple(
            f"channels.{channel.name}: {warning}" for channel in self.channels for warning in channel.warnings()
        )
