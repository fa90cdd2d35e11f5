"""The check of traces: whether the collector takes spans."""

from collections.abc import Mapping
from urllib.parse import unquote

import httpx

from entrypoints.doctor.findings import Finding, ok, warning
from entrypoints.observability.tracing import endpoint, tracing_is_on
from entrypoints.settings.secret import without_credentials

TRACES = "traces"
FIX = "start the collector, or correct OTEL_EXPORTER_OTLP_ENDPOINT"


async def traces(environ: Mapping[str, str], client: httpx.AsyncClient) -> tuple[Finding, ...]:
    """Send the collector no spans. Nothing is checked while traces are off."""
    if not tracing_is_on(environ):
        return ()
    url = endpoint(environ)
    name, kind = without_credentials(url), {"content-type": "application/x-protobuf"}
    try:
        answer = await client.post(url, content=b"", headers={**_headers(environ), **kind})
    except httpx.HTTPError as error:
        return (warning(TRACES, f"{name} does not answer ({type(error).__name__})", FIX),)
    if not answer.is_success:
        return (warning(TRACES, f"{name} takes no spans (HTTP {answer.status_code})", FIX),)
    return (ok(TRACES, f"{name} takes spans"),)


def _headers(environ: Mapping[str, str]) -> dict[str, str]:
    given = environ.get("OTEL_EXPORTER_OTLP_TRACES_HEADERS") or environ.get("OTEL_EXPORTER_OTLP_HEADERS", "")
    pairs = (pair.partition("=") for pair in given.split(","))
    return {unquote(name).strip(): unquote(value).strip() for name, _, value in pairs if name.strip()}
