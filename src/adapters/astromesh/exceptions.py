"""What an exception of Astromesh in this process means. Only where agents run here, Astromesh is imported."""

from astromesh.errors import AgentRunTimeout, ModelProviderError

from adapters.astromesh.failures import harmless
from application.ports.agent import AgentFailedError
from domain.policies.retry import AgentFailure


def failure_of(error: Exception) -> AgentFailedError:
    """The failure of a run in this process that raised `error`."""
    match error:
        case AgentRunTimeout():
            return AgentFailedError(AgentFailure.TIMEOUT, f"the agent's own limit of {error.timeout_seconds:g} s")
        case ModelProviderError():
            return AgentFailedError(AgentFailure.MODEL_FAILED, harmless(code=error.code, message=str(error)))
        case _:
            return AgentFailedError(AgentFailure.CRASHED, f"{type(error).__module__}.{type(error).__qualname__}")
