"""The keys of service.yaml, and the keys that every type of channel has."""

from pathlib import Path

from attrs import field, frozen
from attrs.converters import optional
from attrs.validators import ge, gt, le
from attrs.validators import optional as optional_validator

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
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.event_receivers import EventReceiverSettings, read_receivers
from entrypoints.settings.headers import Headers, read_headers
from entrypoints.settings.reading import READER, read_block
from entrypoints.settings.routing import read_routing
from entrypoints.settings.secret import Secret, without_credentials
from entrypoints.settings.texts import read_texts
from entrypoints.settings.tools import ToolsSettings
from entrypoints.settings.webhooks import ProposalsSettings
from entrypoints.texts import shipped_texts

DEFAULT_AGENTS_URL = "http://localhost:8000"
MAX_RUNTIMES = 20
DEBOUNCE_CAP_SECONDS = 5.0
GUIDES_CHANNEL = "whatsapp"


def without_trailing_slash(url: str) -> str:
    """The address as other code needs it: paths that begin with a slash are appended to it."""
    return url.rstrip("/")


def lower_case(word: str) -> str:
    return word.lower()


@frozen(kw_only=True)
class ProviderSettings:
    """The model provider of one channel, by Astromesh's name of it, and the key."""

    name: str = field(validator=check.header_value)
    key: Secret = field(validator=check.header_value)


@frozen(kw_only=True)
class AgentsSettings:
    """Where agents run: over HTTP at `url`, in this process, or behind a `webhook` of the operator.

    `api_key` and `headers` go with each request to `url`: a proxy may stand before the runtime, which itself asks for
    no credentials. `ca_file` is the authority that signed the certificate of `url`, where it is a private one.
    `client_certificate` and `client_key` identify us, for a server that asks for it. All three are files in PEM.
    `secret` signs what is posted to `webhook`: of several, each makes a signature. `allow_private`: `webhook` may be
    without TLS, and at an address that is not public.
    `name` is for one of several: channels name its agents `name/agent`. `max_runs`: how many runs one process may have
    there at the same time.
    """

    name: str = field(default="", validator=check.runtime_name)
    embedded: bool = False
    webhook: str | None = field(
        default=None, validator=check.web_address, repr=lambda url: repr(url and without_credentials(url))
    )
    url: str | None = field(
        converter=optional(without_trailing_slash),
        validator=check.web_address,
        repr=lambda url: repr(url and without_credentials(url)),
    )
    secret: tuple[Secret, ...] = field(default=(), validator=check.signing_secrets)
    allow_private: bool = False
    timeout_seconds: float = field(default=25.0, validator=gt(0))
    max_runs: int | None = field(default=None, validator=optional_validator(ge(1)))
    api_key: Secret | None = field(default=None, validator=check.header_value)
    headers: Headers = field(default=(), metadata={READER: read_headers})
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None

    @url.default
    def _url(self) -> str | None:
        return None if self.embedded or self.webhook is not None else DEFAULT_AGENTS_URL

    @property
    def place(self) -> str:
        """Where they run, without credentials: fit for a log."""
        return without_credentials(self.url or self.webhook or "") or "the runtime in this process"

    def __attrs_post_init__(self) -> None:
        if self.embedded and self.url is not None:
            raise ConfigurationError.of("has both url and embedded: true", fix="keep one of the two")
        if self.webhook is not None and (self.embedded or self.url is not None):
            raise ConfigurationError.of("has webhook beside url or embedded: true", fix="keep one of the three")
        if (self.webhook is None) != (not self.secret):
            raise ConfigurationError.of("has one of webhook and secret", fix="write both, or none of the two")
        if self.webhook is not None and not (self.allow_private or self.webhook.startswith("https://")):
            fix = "write an https:// address, or allow_private: true in a network of your own"
            raise ConfigurationError.of("has a webhook without TLS", fix=fix)
        if not self.embedded and self.url is None and self.webhook is None:
            raise ConfigurationError.of("has neither url nor embedded: true", fix="write one of the two")
        files = (self.ca_file, self.client_certificate, self.client_key)
        if self.embedded and (self.api_key or self.headers or any(files)):
            raise ConfigurationError.of(
                "has embedded: true, and keys that are for a server",
                fix="remove api_key, headers, ca_file, client_certificate and client_key",
            )
        if (self.client_certificate is None) != (self.client_key is None):
            raise ConfigurationError.of(
                "has one of client_certificate and client_key", fix="write both, or none of the two"
            )
        if any(files) and not (self.url or self.webhook or "").startswith("https://"):
            raise ConfigurationError.of("has certificates for a url without TLS", fix="write an https:// address")


def as_runtimes(agents: AgentsSettings | tuple[AgentsSettings, ...]) -> tuple[AgentsSettings, ...]:
    return agents if isinstance(agents, tuple) else (agents,)


def read_runtimes(value: object) -> tuple[AgentsSettings, ...]:
    """Read one place where agents run, or a list of several, each with its name.

    Raises:
        ConfigurationError: a name is missing or used twice, or two of them are this process.
    """
    if not isinstance(value, list):
        return (read_block(AgentsSettings, value),)
    runtimes, problems = list[AgentsSettings](), list[Problem]()
    for position, entry in enumerate(value, 1):
        with collected(problems, key=position):
            runtime: AgentsSettings = read_block(AgentsSettings, entry)
            if not runtime.name:
                raise ConfigurationError.of("has no name", fix="write name: in each entry of the list")
            if runtime.name in {other.name for other in runtimes}:
                raise ConfigurationError.of("has the name of another entry", fix="give each entry its own name")
            if runtime.embedded and any(other.embedded for other in runtimes):
                raise ConfigurationError.of("is embedded, as another entry is", fix="keep one; it has all agents")
            runtimes.append(runtime)
    if not 1 <= len(value) <= MAX_RUNTIMES:
        fix = f"write 1 to {MAX_RUNTIMES} entries"
        problems.append(Problem(message=f"has {len(value)} entries", fix=fix))
    if problems:
        raise ConfigurationError(problems)
    return tuple(runtimes)


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
