"""Read the configuration, with the types of channels that are installed."""

from collections.abc import Mapping
from pathlib import Path

from entrypoints.bootstrap.installed_channel_types import ChannelTypes
from entrypoints.settings import Settings, read_settings


def load_settings(*, config_dir: Path, environ: Mapping[str, str], types: ChannelTypes | None = None) -> Settings:
    """The settings in `config_dir`, with `${...}` and `TRUNKLINE_` variables from `environ`.

    Raises:
        ConfigurationError: with everything that is wrong, a plug-in that cannot be used included.
    """
    known = types or ChannelTypes.installed()
    return read_settings(config_dir=config_dir, environ=environ, settings_of_type=lambda name: known[name].settings)
