"""Whether traces are sent, and whether they can be: by OpenTelemetry's own environment variables."""

from collections.abc import Mapping
from importlib.util import find_spec
from urllib.parse import urlsplit

from entrypoints.settings import ConfigurationError

ENDPOINT, TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
PROTOCOL, TRACES_PROTOCOL = "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
SUPPORTED_PROTOCOL = "http/protobuf"
TRACES_PATH = "/v1/traces"


def tracing_is_on(environ: Mapping[str, str]) -> bool:
    """Whether the environment names a collector, and does not switch traces off."""
    disabled = environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return not disabled and environ.get("OTEL_TRACES_EXPORTER", "otlp") != "none" and bool(endpoint(environ))


def endpoint(environ: Mapping[str, str]) -> str:
    """The address that traces are sent to; empty when there is none."""
    if of_traces := environ.get(TRACES_ENDPOINT, ""):
        return of_traces
    of_all = environ.get(ENDPOINT, "")
    return of_all.rstrip("/") + TRACES_PATH if of_all else ""


def refuse_unusable(environ: Mapping[str, str]) -> None:
    """Refuse what would only fail later, in the background.

    Raises:
        ConfigurationError: the address, the exporter or the protocol cannot be used, or the package is missing.
    """
    if not tracing_is_on(environ):
        return
    name = TRACES_ENDPOINT if environ.get(TRACES_ENDPOINT) else ENDPOINT
    try:
        parts = urlsplit(endpoint(environ))
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError.of(f"{name} is no address of a collector", fix="write it like http://collector:4318")
    if environ.get("OTEL_TRACES_EXPORTER", "otlp") != "otlp":
        raise ConfigurationError.of("OTEL_TRACES_EXPORTER names another exporter", fix="set it to otlp, or to none")
    if (environ.get(TRACES_PROTOCOL) or environ.get(PROTOCOL) or SUPPORTED_PROTOCOL) != SUPPORTED_PROTOCOL:
        fix = f"set it to {SUPPORTED_PROTOCOL}, and name the collector's port for HTTP, which is usually 4318"
        raise ConfigurationError.of(f"{PROTOCOL} names another protocol", fix=fix)
    if not _is_installed():
        raise ConfigurationError.of(
            f"{name} is set, but the packages for traces are not installed",
            fix="run: pip install 'trunkline[tracing]'; or unset the variable",
        )


def _is_installed() -> bool:
    try:
        return bool(find_spec("opentelemetry.sdk.trace") and find_spec("opentelemetry.exporter.otlp.proto.http"))
    except ModuleNotFoundError:  # of a package above it
        return False
