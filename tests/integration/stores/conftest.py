"""Servers as companies run them."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.certificates import Certificates


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates.issue(tmp_path / "tls")


@pytest.fixture
def tls_server() -> str:
    """A server program that can do TLS. The embedded one cannot."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("no redis-server is installed")
    return binary


@pytest.fixture(autouse=True)
def collected_connections() -> Iterator[None]:
    """The driver leaves connections to servers that are gone. They are collected before the next test begins."""
    yield
    gc.collect()
