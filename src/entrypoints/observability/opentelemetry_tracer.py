"""The tracer over OpenTelemetry. This module is imported only where traces are sent."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Self

import structlog
from attrs import frozen
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from application.ports.tracer import Span
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.conversations.outcome import Outcome
from domain.conversations.turn import Turn

CLOSE_SECONDS = 3.0
# A person got no answer yet, or none at all.
UNSUCCESSFUL = frozenset({Outcome.FAILED, Outcome.RETRIED})
# Not the propagators of the environment: what is stored must be readable by every process.
_stored = TraceContextTextMapPropagator()


@frozen
class OpenTelemetrySpan:
    span: trace.Span

    @property
    def trace(self) -> str:
        carrier: dict[str, str] = {}
        _stored.inject(carrier, trace.set_span_in_context(self.span, Context()))
        return carrier.get("traceparent", "")

    def ended(self, outcome: str) -> None:
        self.span.set_attribute("trunkline.outcome", str(outcome))
        if outcome in UNSUCCESSFUL:
            self.span.set_status(StatusCode.ERROR, str(outcome))


@frozen
class OpenTelemetryTracer:
    """Sends spans in the background, and drops them where the collector does not keep up."""

    provider: TracerProvider
    is_on: bool = True

    @classmethod
    def of_environment(cls) -> Self:
        """Sends over OTLP. The address, the headers, the sampler and all else come from the environment."""
        return cls.sending_to(BatchSpanProcessor(OTLPSpanExporter()))

    @classmethod
    def sending_to(cls, processor: SpanProcessor) -> Self:
        own = Resource({SERVICE_NAME: "trunkline", SERVICE_VERSION: version("trunkline")})
        provider = TracerProvider(resource=own.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
        provider.add_span_processor(processor)
        return cls(provider)

    @contextlib.contextmanager
    def receive(self, *, channel: str, caller: str) -> Iterator[Span]:
        attributes = {"trunkline.channel": channel}
        with (
            self._span("receive webhook", SpanKind.SERVER, parent=_read(caller), attributes=attributes) as span,
            structlog.contextvars.bound_contextvars(trace_id=_trace_id(span)),
        ):
            yield span

    @contextlib.contextmanager
    def answer(self, *, turn: Turn) -> Iterator[Span]:
        """The id of the trace stays bound for the lines of the log: a worker has a task for each turn."""
        received = [context for message in turn.messages if (context := _read(message.trace))]
        first, earlier = received[0] if received else None, _read(turn.trace)
        others = {context.span_id: context for context in (*received, earlier) if context and context != first}
        attributes: dict[str, str | int] = {
            "trunkline.channel": turn.conversation.channel,
            "trunkline.turn_id": turn.id,
            "trunkline.messages": len(turn.messages),
            "trunkline.retries": turn.retries,
        }
        links = [Link(context) for context in others.values()]
        if first and not earlier:
            self._waited(first, since=turn.messages[0].arrived_at, attributes=attributes)
        with self._span("answer turn", SpanKind.CONSUMER, parent=first, links=links, attributes=attributes) as span:
            structlog.contextvars.bind_contextvars(trace_id=_trace_id(span))
            yield span

    def _waited(self, parent: SpanContext, *, since: float, attributes: Mapping[str, str | int]) -> None:
        """A span for the time in the store: from the receipt until now."""
        began = int(since * 1e9)
        self._tracer.start_span("wait in store", _within(parent), attributes=attributes, start_time=began).end()

    @contextlib.contextmanager
    def run_agent(self, *, agent: str, channel: str) -> Iterator[Span]:
        attributes = {"trunkline.agent": agent, "trunkline.channel": channel}
        with self._child("run agent", attributes) as span:
            yield span

    @contextlib.contextmanager
    def send(self, *, turn: Turn) -> Iterator[Span]:
        attributes: dict[str, str | int] = {
            "trunkline.channel": turn.conversation.channel,
            "trunkline.turn_id": turn.id,
            "trunkline.part": len(turn.sent),
        }
        with self._child("send part", attributes) as span:
            yield span

    def status(self, *, update: StatusUpdate, sent: str) -> None:
        parent = _read(sent)
        if parent is None:
            return
        webhook = trace.get_current_span().get_span_context()
        attributes: dict[str, str | int] = {"trunkline.channel": update.channel, "trunkline.status": update.status}
        if update.part:
            attributes |= {"trunkline.turn_id": update.part.turn_id, "trunkline.part": update.part.part}
        span = self._tracer.start_span(
            "delivery status",
            _within(parent),
            kind=SpanKind.CONSUMER,
            attributes=attributes,
            links=[Link(webhook)] if webhook.is_valid else (),
        )
        if update.status is DeliveryStatus.FAILED:
            span.set_status(StatusCode.ERROR, update.failure.value if update.failure else "failed")
        span.end()

    def headers(self) -> Sequence[tuple[bytes, bytes]]:
        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        return [(name.encode(), value.encode()) for name, value in carrier.items()]

    async def close(self) -> None:
        """A thread of its own, which ends with the process: a collector that is away must not hold it up."""
        closing = threading.Thread(target=self.provider.shutdown, daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, CLOSE_SECONDS)

    @property
    def _tracer(self) -> trace.Tracer:
        return self.provider.get_tracer("trunkline")

    def _child(
        self, name: str, attributes: Mapping[str, str | int]
    ) -> contextlib.AbstractContextManager[OpenTelemetrySpan]:
        here = trace.get_current_span().get_span_context()
        return self._span(name, SpanKind.CLIENT, parent=here if here.is_valid else None, attributes=attributes)

    @contextlib.contextmanager
    def _span(
        self,
        name: str,
        kind: SpanKind,
        *,
        parent: SpanContext | None,
        attributes: Mapping[str, str | int],
        links: Sequence[Link] = (),
    ) -> Iterator[OpenTelemetrySpan]:
        """An error is recorded by its kind alone: its text may quote what a person wrote."""
        with self._tracer.start_as_current_span(
            name,
            _within(parent),
            kind=kind,
            attributes=attributes,
            links=links,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield OpenTelemetrySpan(span)
            except BaseException as error:
                failure = getattr(error, "failure", None)
                reason = str(failure) if failure is not None else type(error).__name__
                span.set_attribute("trunkline.outcome", reason)
                span.set_status(StatusCode.ERROR, reason)
                raise


def _read(traceparent: str) -> SpanContext | None:
    """The span that a text names, or None when it names none."""
    if not traceparent:
        return None
    context = trace.get_current_span(_stored.extract({"traceparent": traceparent}, Context())).get_span_context()
    return context if context.is_valid else None


def _within(parent: SpanContext | None) -> Context:
    """A context with this parent alone, or with none."""
    return trace.set_span_in_context(trace.NonRecordingSpan(parent), Context()) if parent else Context()


def _trace_id(span: OpenTelemetrySpan) -> str:
    return trace.format_trace_id(span.span.get_span_context().trace_id)
