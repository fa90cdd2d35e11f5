"""The metrics as Prometheus sees them."""

import re

from entrypoints.observability.metrics import Metrics

TYPE = re.compile(r"^# TYPE (trunkline_\w+) (\w+)$", re.MULTILINE)
SUFFIXES = {"histogram": ("_bucket", "_count", "_sum")}


def exported_types() -> dict[str, str]:
    """The type of each metric, by its name."""
    types = dict(TYPE.findall(Metrics().render().decode()))
    return {name: kind for name, kind in types.items() if not name.endswith("_created")}


def exported_series() -> set[str]:
    """The names of all series: a histogram has three."""
    return {f"{name}{suffix}" for name, kind in exported_types().items() for suffix in SUFFIXES.get(kind, ("",))}


def samples(metrics: Metrics, series: str) -> list[tuple[dict[str, str], float]]:
    """The labels and the value of each sample of a series."""
    families = metrics.registry.collect()
    found = (sample for family in families for sample in family.samples if sample.name == series)
    return [(dict(sample.labels), sample.value) for sample in found]
