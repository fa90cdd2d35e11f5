"""Our counters, gauges and histograms show what those of prometheus_client would."""

import prometheus_client
from prometheus_client import CollectorRegistry, generate_latest

from entrypoints.observability.measures import Counter, Gauge, Histogram, Measure

# Below, at and between the bounds, and above all of them.
AMOUNTS = (0.0, 0.05, 0.1, 0.100001, 1.0, 2.5, 2.6, 3600.0)
BUCKETS = (0.1, 1.0, 2.5)


def shown(*measures: Measure) -> list[str]:
    registry = CollectorRegistry()
    for measure in measures:
        registry.register(measure)
    return generate_latest(registry).decode().splitlines()


def shown_by_library(registry: CollectorRegistry) -> list[str]:
    """Without the times at which it made its counters, which ours do not keep."""
    return [line for line in generate_latest(registry).decode().splitlines() if "_created" not in line]


def test_a_histogram() -> None:
    """An amount at a bound is in the bucket below it. A sample of a bucket counts those below, too."""
    ours = Histogram([], "wait", "How long.", BUCKETS, "channel", "outcome")
    registry = CollectorRegistry()
    theirs = prometheus_client.Histogram(
        "trunkline_wait_seconds", "How long.", ["channel", "outcome"], buckets=BUCKETS, registry=registry
    )
    for amount in AMOUNTS:
        ours.observe(amount, "whatsapp", "sent")
        theirs.labels("whatsapp", "sent").observe(amount)
    ours.observe(0.2, "telegram", 'a "strange"\n\\ one')
    theirs.labels("telegram", 'a "strange"\n\\ one').observe(0.2)

    lines = shown(ours)

    # The library shows the sum before or after the count, as it likes.
    assert sorted(lines) == sorted(shown_by_library(registry))


def test_a_counter() -> None:
    """Labels that are expected have a zero."""
    ours = Counter([], "messages", "How many.", "channel")
    registry = CollectorRegistry()
    theirs = prometheus_client.Counter("trunkline_messages", "How many.", ["channel"], registry=registry)
    ours.expect("telegram")
    theirs.labels("telegram")
    for many in (1, 3, 0.5):
        ours.inc("whatsapp", by=many)
        theirs.labels("whatsapp").inc(many)

    assert shown(ours) == shown_by_library(registry)


def test_a_gauge() -> None:
    """It has the latest value."""
    ours = Gauge([], "places", "How many.", "channel")
    registry = CollectorRegistry()
    theirs = prometheus_client.Gauge("trunkline_places", "How many.", ["channel"], registry=registry)
    for value in (3, 2):
        ours.set(value, "whatsapp")
        theirs.labels("whatsapp").set(value)

    assert shown(ours) == shown_by_library(registry)


def test_without_labels() -> None:
    """It is there from zero on."""
    assert shown(Counter([], "trips", "How many."))[-1] == "trunkline_trips_total 0.0"
