"""The chart, rendered by Helm itself. Helm is a Go library: it runs in a process of its own, away from the tests."""

import contextlib
import multiprocessing
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any

import yaml
from attrs import frozen

from support.documents import ROOT

CHART = ROOT / "deploy" / "helm" / "trunkline"
RELEASE = "demo"

type Object = dict[str, Any]


class ChartError(Exception):
    """Helm refuses the values."""


@frozen
class Helm:
    """Calls Helm in its process."""

    process: ProcessPoolExecutor

    def objects(self, values: Mapping[str, object]) -> list[Object]:
        """The Kubernetes objects that the chart makes of these values.

        Raises:
            ChartError: the values are wrong, or some are missing.
        """
        rendering: Future[dict[str, str]] = self.process.submit(_render, dict(values))
        texts = [text for name, text in rendering.result().items() if name.endswith(".yaml")]
        return [document for text in texts for document in yaml.safe_load_all(text) if document is not None]

    def findings(self, values: Mapping[str, object]) -> list[str]:
        """What `helm lint` finds, from warnings on."""
        return self.process.submit(_lint, dict(values)).result()


@contextlib.contextmanager
def running_helm() -> Iterator[Helm]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        yield Helm(process)


def _render(values: Object) -> dict[str, str]:
    import helm_python  # noqa: PLC0415 - loads the library

    try:
        with helm_python.Chart.load(CHART) as chart:
            chart.validate_schema(values)
            return chart.render(values, name=RELEASE, namespace="default")
    except helm_python.HelmError as error:
        raise ChartError(str(error)) from None


def _lint(values: Object) -> list[str]:
    import helm_python  # noqa: PLC0415 - loads the library

    report = helm_python.lint(CHART, values)
    return [*report["errors"], *(message["error"] for message in report["messages"] if message["severity"] > 1)]
