"""Configuration: its keys and defaults (schema), and how it is read (loader).

Files and keys are described in config/channels.yaml and config/service.yaml.
"""

from entrypoints.settings.agents import AgentsSettings
from entrypoints.settings.channel import ChannelSettings
from entrypoints.settings.errors import ConfigurationError, Problem
from entrypoints.settings.exposure import refuse_exposed
from entrypoints.settings.loader import default_config_dir, read_settings
from entrypoints.settings.schema import HttpSettings, ServiceSettings, Settings, WorkerSettings
from entrypoints.settings.secret import Secret

__all__ = [
    "AgentsSettings",
    "ChannelSettings",
    "ConfigurationError",
    "HttpSettings",
    "Problem",
    "Secret",
    "ServiceSettings",
    "Settings",
    "WorkerSettings",
    "default_config_dir",
    "read_settings",
    "refuse_exposed",
]
