"""How failures of Astromesh are classified."""

import json

import httpx
import pytest
from astromesh.errors import AgentRunTimeout, ModelProviderError

from adapters.astromesh import failures
from adapters.astromesh.exceptions import failure_of
from application.ports.agent import AgentAnswer, AgentFailedError
from domain.policies.retry import AgentFailure


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (httpx.ConnectError("refused"), AgentFailure.UNREACHABLE),
        (httpx.ConnectTimeout("slow"), AgentFailure.UNREACHABLE),
        (httpx.ProxyError("refused"), AgentFailure.UNREACHABLE),
        (httpx.UnsupportedProtocol("astromesh://"), AgentFailure.UNREACHABLE),
        (httpx.PoolTimeout("full"), AgentFailure.TIMEOUT),
        (httpx.ReadTimeout("slow"), AgentFailure.TIMEOUT),
        (httpx.WriteTimeout("slow"), AgentFailure.TIMEOUT),
        (httpx.ReadError("reset"), AgentFailure.CRASHED),
        (httpx.RemoteProtocolError("nonsense"), AgentFailure.CRASHED),
        (httpx.DecodingError("not gzip"), AgentFailure.CRASHED),
    ],
)
def test_a_request_that_fails(error: httpx.HTTPError, failure: AgentFailure) -> None:
    """Without a connection nothing has run. After that, it may have."""
    failed = failures.of_connection(error)

    assert failed.failure is failure
    assert failed.detail == type(error).__name__


@pytest.mark.parametrize(
    ("status", "detail", "failure", "words"),
    [
        (404, "Agent 'x' not found", AgentFailure.UNKNOWN_AGENT, "HTTP 404"),
        (404, "Not Found", AgentFailure.UNKNOWN_AGENT, "HTTP 404"),
        (404, "invalid literal for int()", AgentFailure.CRASHED, "HTTP 404"),
        (422, [{"input": "my secret"}], AgentFailure.REJECTED, "HTTP 422"),
        (500, "cannot parse 'my secret'", AgentFailure.CRASHED, "HTTP 500"),
        (503, "Runtime not initialized", AgentFailure.NOT_READY, "HTTP 503"),
        (504, {"error": "timeout", "agent": "x", "timeout_seconds": 25}, AgentFailure.TIMEOUT, "HTTP 504: timeout"),
        (502, {"error": "my secret!"}, AgentFailure.MODEL_FAILED, "HTTP 502"),
        (
            502,
            {
                "error": "model_all_providers_failed",
                "message": "Provider returned 401 for model 'm': sk-1234 my secret",
            },
            AgentFailure.MODEL_FAILED,
            "HTTP 502: model_all_providers_failed: Provider returned 401",
        ),
    ],
)
def test_responses_of_the_runtime(status: int, detail: object, failure: AgentFailure, words: str) -> None:
    """The status decides the failure. Of the body, only codes are passed on."""
    failed = failures.of_response(status=status, body=json.dumps({"detail": detail}).encode())

    assert failed.failure is failure
    assert failed.detail == words


@pytest.mark.parametrize(
    ("error", "failure", "words"),
    [
        (AgentRunTimeout("x", 25), AgentFailure.TIMEOUT, "the agent's own limit of 25 s"),
        (TimeoutError("a tool's own"), AgentFailure.CRASHED, "builtins.TimeoutError"),
        (ConnectionError("my secret"), AgentFailure.CRASHED, "builtins.ConnectionError"),
        (ValueError("my secret"), AgentFailure.CRASHED, "builtins.ValueError"),
        (
            ModelProviderError("No API key for provider.", code="model_missing_api_key"),
            AgentFailure.MODEL_FAILED,
            "model_missing_api_key: No API key",
        ),
    ],
)
def test_exceptions_of_a_run(error: Exception, failure: AgentFailure, words: str) -> None:
    """In this process, the same failures are exceptions."""
    failed = failure_of(error)

    assert failed.failure is failure
    assert failed.detail == words


def test_a_refusal_may_be_blank() -> None:
    """A guardrail may block without a text. A blank answer of the agent itself is a failure."""
    refusal = failures.answer(text="", blocked=True, data=None)

    assert refusal == AgentAnswer(text="", blocked=True)
    with pytest.raises(AgentFailedError):
        failures.answer(text="\n", blocked=False, data=None)
