"""The spans of the use cases, in one process and in memory."""

import pytest
import structlog
from attrs import evolve
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentFailedError, AgentRun
from domain.conversations.outcome import Outcome
from domain.policies.retry import AgentFailure, SendFailure
from entrypoints.observability.measured_agent import MeasuredAgent
from entrypoints.observability.metrics import Metrics
from entrypoints.observability.opentelemetry_tracer import OpenTelemetryTracer
from support.answering import Answering
from support.messages import enqueued
from support.turns import answer_once, answer_to_the_end

FIRST = f"00-{1:032x}-{1:016x}-01"
SECOND = f"00-{2:032x}-{2:016x}-01"
UNSAMPLED = f"00-{3:032x}-{3:016x}-00"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def answering(exporter: InMemorySpanExporter) -> Answering:
    return Answering(tracer=OpenTelemetryTracer.sending_to(SimpleSpanProcessor(exporter)))


def spans(exporter: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in exporter.get_finished_spans() if span.name == name]


def linked(span: ReadableSpan) -> list[int]:
    return [link.context.span_id for link in span.links]


async def test_a_turn_is_in_the_trace_of_its_first_message(
    answering: Answering, exporter: InMemorySpanExporter
) -> None:
    """The other messages are links, each once."""
    await answering.mailbox.accept(
        messages=[
            enqueued("one", message_id="wamid.1", sent_at=1_750_000_001.0, trace=FIRST),
            enqueued("two", message_id="wamid.2", sent_at=1_750_000_002.0, trace=SECOND),
            enqueued("three", message_id="wamid.3", sent_at=1_750_000_003.0, trace=SECOND),
            enqueued("four", message_id="wamid.4", sent_at=1_750_000_004.0, trace="damaged"),
        ]
    )

    await answer_once(answering)

    (turn,) = spans(exporter, "answer turn")
    assert turn.context is not None
    assert turn.parent is not None
    assert (turn.context.trace_id, turn.parent.span_id, linked(turn)) == (1, 1, [2])
    assert turn.attributes is not None
    assert turn.attributes["trunkline.messages"] == 4
    assert turn.attributes["trunkline.outcome"] == "answered"


async def test_a_retry_links_to_the_try_before(answering: Answering, exporter: InMemorySpanExporter) -> None:
    """Both are in the trace of the message. What failed is marked, without the words of the failure."""
    answering = evolve(answering, agent=ScriptedAgent(script={"again": AgentFailure.CRASHED}))
    await answering.mailbox.accept(messages=[enqueued("again", trace=FIRST)])

    await answer_to_the_end(answering)

    first, second, *_ = spans(exporter, "answer turn")
    assert first.context is not None
    assert linked(second) == [first.context.span_id]
    assert {span.context.trace_id for span in exporter.get_finished_spans() if span.context} == {1}
    assert first.status.status_code is StatusCode.ERROR
    assert first.status.description == Outcome.RETRIED


async def test_a_failed_run_is_marked_by_its_kind_alone(exporter: InMemorySpanExporter) -> None:
    """The text of the failure may quote what a person wrote."""
    tracer = OpenTelemetryTracer.sending_to(SimpleSpanProcessor(exporter))
    agent = ScriptedAgent(script={"hello": AgentFailure.CRASHED})
    measured = MeasuredAgent(agent=agent, metrics=Metrics().turns, tracer=tracer)

    with pytest.raises(AgentFailedError):
        await measured.run(AgentRun(agent="assistant", query="hello", session_id="1", context={"channel": "whatsapp"}))

    (run,) = spans(exporter, "run agent")
    assert (run.status.status_code, run.status.description) == (StatusCode.ERROR, "crashed")
    assert run.events == ()


async def test_a_trace_that_is_not_sampled_stays_so(answering: Answering, exporter: InMemorySpanExporter) -> None:
    """Whoever began it has decided."""
    await answering.mailbox.accept(messages=[enqueued("hello", trace=UNSAMPLED)])

    await answer_once(answering)

    assert exporter.get_finished_spans() == ()
    assert answering.messenger.sent


async def test_a_failed_send(answering: Answering, exporter: InMemorySpanExporter) -> None:
    answering.messenger.send_failures.append(SendFailure.FINAL)
    await answering.mailbox.accept(messages=[enqueued("hello", trace=FIRST)])

    await answer_once(answering)

    (send,) = spans(exporter, "send part")
    assert (send.status.status_code, send.status.description) == (StatusCode.ERROR, "final")


def test_the_lines_of_the_log_have_the_id_of_the_trace() -> None:
    """As long as the webhook is received, and no longer."""
    tracer = OpenTelemetryTracer.sending_to(SimpleSpanProcessor(InMemorySpanExporter()))

    with tracer.receive(channel="whatsapp", caller=FIRST):
        within = structlog.contextvars.get_contextvars()

    assert within["trace_id"] == f"{1:032x}"
    assert "trace_id" not in structlog.contextvars.get_contextvars()
