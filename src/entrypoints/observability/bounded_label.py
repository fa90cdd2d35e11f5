"""Values of a label that others choose."""

from attrs import define, field

# An endless variety would fill our memory, and that of whoever keeps the metrics.
MAX_VALUES = 100
OTHER = "other"


@define
class BoundedLabel:
    """Passes on the first `MAX_VALUES` different values. All others become "other"."""

    _known: set[str] = field(factory=set)

    def __call__(self, value: str) -> str:
        if value not in self._known:
            if len(self._known) >= MAX_VALUES:
                return OTHER
            self._known.add(value)
        return value
