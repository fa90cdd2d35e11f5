"""The environment says whether traces are sent."""

import os
import subprocess
import sys

import pytest

from entrypoints.observability import tracing
from entrypoints.observability.tracing import endpoint, refuse_unusable, tracing_is_on
from entrypoints.settings import ConfigurationError

ON = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/"}


def test_they_are_sent_where_a_collector_is_named() -> None:
    assert tracing_is_on(ON)
    assert tracing_is_on({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"})


@pytest.mark.parametrize("off", [{}, {**ON, "OTEL_SDK_DISABLED": "True"}, {**ON, "OTEL_TRACES_EXPORTER": "none"}])
def test_they_are_off(off: dict[str, str]) -> None:
    assert not tracing_is_on(off)


def test_the_address() -> None:
    """The one of traces is taken as it is."""
    own = "http://other/traces"

    assert endpoint(ON) == "http://collector:4318/v1/traces"
    assert endpoint({**ON, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": own}) == own


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT is no address"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://[::1"}, "OTEL_EXPORTER_OTLP_ENDPOINT is no address"),
        ({**ON, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL names another protocol"),
        ({**ON, "OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER names another exporter"),
    ],
)
def test_what_cannot_be_followed_is_refused(variables: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        refuse_unusable(variables)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_is_installed", lambda: False)

    with pytest.raises(ConfigurationError, match="the packages for traces are not installed; run: pip install"):
        refuse_unusable(ON)
    refuse_unusable({})


def test_nothing_of_it_is_imported_while_it_is_off() -> None:
    """The Redis client imports a part of it by itself, where it is installed."""
    code = (
        "import sys, entrypoints.cli.serve\n"
        "UNUSED = ('opentelemetry.exporter', 'entrypoints.observability.opentelemetry_tracer')\n"
        "from entrypoints.bootstrap.factories import make_tracer\n"
        "make_tracer()\n"
        "print([name for name in sys.modules if name.startswith(UNUSED)])"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}

    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
