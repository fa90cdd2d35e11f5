"""Fixtures for configuration."""

from pathlib import Path

import pytest

from support.configuration import ConfigurationDirectory


@pytest.fixture
def config(tmp_path: Path) -> ConfigurationDirectory:
    return ConfigurationDirectory(tmp_path)
