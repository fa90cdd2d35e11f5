"""The errors a user can correct. Commands show their messages without a traceback."""

from adapters.astromesh.agent_files import AgentFileError
from adapters.redis.embedded import EmbeddedStoreError
from adapters.redis.mailbox import PartitionMismatchError
from application.ports.agent import AgentFailedError
from application.ports.store import StoreUnavailableError, UnsafeStoreError
from entrypoints.http.server.errors import CannotServeError
from entrypoints.settings import ConfigurationError

STARTUP_ERRORS: tuple[type[Exception], ...] = (
    AgentFailedError,
    AgentFileError,
    CannotServeError,
    ConfigurationError,
    EmbeddedStoreError,
    PartitionMismatchError,
    StoreUnavailableError,
    UnsafeStoreError,
)
