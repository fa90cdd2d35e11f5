"""Counters, gauges and histograms that cost little to change.

Those of prometheus_client check their labels, walk through their buckets and take locks for each value, and a message
has eleven. Only the thread of the event loop changes these, so a look-up and an addition do. At a scrape the library
gets them as families, which it writes for Prometheus.
"""

from abc import abstractmethod
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import override

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

Labels = tuple[str, ...]
# By the values of the labels. A counter and a gauge have one number each.
Numbers = Mapping[Labels, list[float]]


class Measure(Collector):
    """It adds itself to `measures`. `numbers` are those of this process."""

    def __init__(self, measures: "list[Measure]", name: str, documentation: str, *labels: str, size: int = 1) -> None:
        self.name, self._documentation, self._labels = f"trunkline_{name}", documentation, labels
        self.numbers: defaultdict[Labels, list[float]] = defaultdict(lambda: [0.0] * size)
        measures.append(self)
        if not labels:
            self.expect()

    def expect(self, *labels: str) -> None:
        """Show these labels before anything happens, with zeros."""
        self.numbers[labels]  # which makes them

    @override
    def collect(self) -> Iterator[Metric]:
        yield self.family(self.numbers)

    @abstractmethod
    def family(self, numbers: Numbers) -> Metric:
        """The measure with these numbers, for prometheus_client."""


class Counter(Measure):
    """How often something happened, or how much of it there was."""

    def inc(self, *labels: str, by: float = 1) -> None:
        self.numbers[labels][0] += by

    @override
    def family(self, numbers: Numbers) -> Metric:
        family = CounterMetricFamily(self.name, self._documentation, labels=self._labels)
        for labels, (value,) in numbers.items():
            family.add_metric(labels, value)
        return family


class Gauge(Measure):
    """How much there is now."""

    def set(self, value: float, *labels: str) -> None:
        self.numbers[labels][0] = value

    @override
    def family(self, numbers: Numbers) -> Metric:
        family = GaugeMetricFamily(self.name, self._documentation, labels=self._labels)
        for labels, (value,) in numbers.items():
            family.add_metric(labels, value)
        return family


class Histogram(Measure):
    """How seconds spread over `buckets`. The numbers: how many each bucket got, how many were above all, the sum."""

    def __init__(
        self, measures: list[Measure], name: str, documentation: str, buckets: tuple[float, ...], *labels: str
    ) -> None:
        super().__init__(measures, f"{name}_seconds", documentation, *labels, size=len(buckets) + 2)
        self._buckets = buckets

    def observe(self, seconds: float, *labels: str) -> None:
        numbers = self.numbers[labels]
        numbers[bisect_left(self._buckets, seconds)] += 1
        numbers[-1] += seconds

    @override
    def family(self, numbers: Numbers) -> Metric:
        family = HistogramMetricFamily(self.name, self._documentation, labels=self._labels)
        names = [*map(str, self._buckets), "+Inf"]
        for labels, (*counts, total) in numbers.items():
            family.add_metric(labels, [*zip(names, accumulate(counts), strict=True)], total)
        return family
