"""How many connections may be open at the same time."""

import resource

import pytest
from attrs import define
from structlog.testing import capture_logs

from entrypoints.bootstrap.file_descriptors import MAX_DESCRIPTORS, descriptor_limit, raise_descriptor_limit

ENDLESS = resource.RLIM_INFINITY


@define
class Limits:
    """The limits of the system, in place of the module `resource`."""

    soft: int
    hard: int

    def get(self, _: int) -> tuple[int, int]:
        return self.soft, self.hard

    def set(self, _: int, limits: tuple[int, int]) -> None:
        self.soft, self.hard = limits


@pytest.mark.parametrize(
    ("soft", "hard", "raised"),
    [
        (1024, 4096, 4096),
        (1024, 1_048_576, MAX_DESCRIPTORS),
        (1024, ENDLESS, MAX_DESCRIPTORS),
        (1024, 1024, 1024),
        (100_000, 1_048_576, 100_000),
        (ENDLESS, ENDLESS, ENDLESS),
    ],
)
def test_the_soft_limit_is_raised(monkeypatch: pytest.MonkeyPatch, soft: int, hard: int, raised: int) -> None:
    """As far as the hard limit and reason allow. It is never lowered."""
    limits = Limits(soft, hard)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)

    raise_descriptor_limit()

    assert limits == Limits(raised, hard)
    assert 0 < descriptor_limit() <= MAX_DESCRIPTORS


@pytest.mark.parametrize(("hard", "output"), [(1024, 1), (65_536, 0)])
def test_a_low_limit_is_logged(monkeypatch: pytest.MonkeyPatch, hard: int, output: int) -> None:
    """With the number that would be enough."""
    limits = Limits(1024, hard)
    monkeypatch.setattr(resource, "getrlimit", limits.get)
    monkeypatch.setattr(resource, "setrlimit", limits.set)

    with capture_logs() as logged:
        raise_descriptor_limit()

    assert [(line["log_level"], line["limit"]) for line in logged] == [("warning", 1024)] * output
