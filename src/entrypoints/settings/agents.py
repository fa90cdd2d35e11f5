"""The keys of `agents` in service.yaml: where agents run."""

from pathlib import Path

from attrs import field, frozen
from attrs.converters import optional
from attrs.validators import ge, gt
from attrs.validators import optional as optional_validator

from entrypoints.settings import validators as check
from entrypoints.settings.converters import without_trailing_slash
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.headers import Headers, read_headers
from entrypoints.settings.reading import READER, read_block
from entrypoints.settings.secret import Secret, without_credentials

DEFAULT_AGENTS_URL = "http://localhost:8000"
MAX_RUNTIMES = 20


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
