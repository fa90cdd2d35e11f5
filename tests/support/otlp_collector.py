"""A collector of traces on loopback, as OpenTelemetry's exporters know it: OTLP over HTTP, in protobuf."""

import contextlib
from collections.abc import AsyncIterator

from attrs import define, field
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from support.http_server import OK, Conversation, serving


@define
class Collected:
    """One span, with its ids in hexadecimal digits. `service` is who sent it."""

    name: str
    service: str
    trace_id: str
    span_id: str
    parent_id: str
    links: list[str]
    attributes: dict[str, object]
    failed: bool


@define
class Collector:
    url: str = ""
    spans: list[Collected] = field(factory=list)
    bodies: bytes = b""

    def named(self, name: str) -> list[Collected]:
        return [span for span in self.spans if span.name == name]

    async def serve(self, conversation: Conversation) -> None:
        while True:
            head, _, body = (await conversation.request()).partition(b"\r\n\r\n")
            assert head.startswith(b"POST /v1/traces ")
            self.bodies += body
            self.spans += _read(body)
            await conversation.say(OK)


def _read(body: bytes) -> list[Collected]:
    return [
        Collected(
            name=span.name,
            service=next(value.value.string_value for value in of.resource.attributes if value.key == "service.name"),
            trace_id=span.trace_id.hex(),
            span_id=span.span_id.hex(),
            parent_id=span.parent_span_id.hex(),
            links=[link.span_id.hex() for link in span.links],
            attributes={value.key: value.value.string_value or value.value.int_value for value in span.attributes},
            failed=span.status.code == span.status.STATUS_CODE_ERROR,
        )
        for of in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in of.scope_spans
        for span in scope.spans
    ]


@contextlib.asynccontextmanager
async def running_collector() -> AsyncIterator[Collector]:
    collector = Collector()
    async with serving(collector.serve) as server:
        collector.url = server.url
        yield collector
