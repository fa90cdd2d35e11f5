"""Read the configuration directory and the environment into `Settings`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cattrs import Converter
from cattrs.errors import BaseValidationError

from entrypoints.settings.channels import Found, read_channels
from entrypoints.settings.converter import explain, settings_converter
from entrypoints.settings.environment import expand, override, variables
from entrypoints.settings.errors import ConfigurationError, Problem
from entrypoints.settings.schema import ChannelSettings, ServiceSettings, Settings
from entrypoints.settings.yaml_file import read_yaml

CHANNELS_FILE = "channels.yaml"
SERVICE_FILE = "service.yaml"


def default_config_dir(environ: Mapping[str, str]) -> Path:
    """Where the configuration is when nobody says otherwise."""
    return Path(environ.get("TRUNKLINE_CONFIG_DIR") or "config")


def load_settings(*, config_dir: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in `config_dir`, with `${...}` and `TRUNKLINE_` variables from `environ`.

    Raises:
        ConfigurationError: with everything that is wrong, not only the first.
    """
    converter = settings_converter()
    service, service_problems = _service(config_dir / SERVICE_FILE, environ, converter)
    channels, channel_problems = _channels(config_dir / CHANNELS_FILE, environ, converter)
    if service is None or service_problems or channel_problems:
        raise ConfigurationError([*service_problems, *channel_problems])
    return Settings(service=service, channels=channels)


def _service(
    path: Path, environ: Mapping[str, str], converter: Converter
) -> tuple[ServiceSettings | None, list[Problem]]:
    raw, problems = read_yaml(path) if path.exists() else ({}, ())
    tree, origins = override(expand(raw, environ=environ), environ=environ)
    try:
        return converter.structure(tree, ServiceSettings), list(problems)
    except BaseValidationError as error:
        found = explain(error, key="")
    return None, [*problems, *(_problem(one, path=path, raw=raw, origins=origins) for one in found)]


def _channels(
    path: Path, environ: Mapping[str, str], converter: Converter
) -> tuple[tuple[ChannelSettings, ...], list[Problem]]:
    if not path.exists():
        mend = f"create it (an example comes with Trunkline as config/{CHANNELS_FILE}), or name the directory it is in"
        return (), [Problem(where=str(path), key="", message="there is no such file", mend=mend)]
    raw, problems = read_yaml(path)
    if problems:
        return (), list(problems)
    channels, found = read_channels(expand(raw, environ=environ), converter=converter)
    return channels, [_problem(one, path=path, raw=raw, origins={}) for one in found]


def _problem(found: Found, *, path: Path, raw: Mapping[str, Any], origins: Mapping[str, str]) -> Problem:
    """The problem with its place: the variable a value came from is as good to know as the file."""
    key, message, mend = found
    if key in origins:
        return Problem(where=f"environment variable {origins[key]}", key="", message=message, mend=mend)
    sources = [name for name in variables(_at(raw, key)) if name not in mend]
    if sources:
        mend = f"{mend} (the value comes from the environment variable {', '.join(sources)})"
    return Problem(where=str(path), key=key, message=message, mend=mend)


def _at(tree: Any, key: str) -> Any:
    """What the file holds at a dotted path, list places in brackets; None when there is nothing."""
    for step in re.findall(r"[^.\[\]]+", key):
        try:
            tree = tree[int(step)] if isinstance(tree, list) else tree[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return tree
