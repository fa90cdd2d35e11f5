"""Helm, for the tests of the chart."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from support.helm import Helm, running_helm


@pytest.fixture(scope="module")
def helm() -> Iterator[Helm]:
    if find_spec("helm_python") is None:
        pytest.skip("Helm has no package for this machine")
    with running_helm() as helm:
        yield helm
