"""Read the configuration directory and the environment into `Settings`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve

from entrypoints.settings.channels import read_channels
from entrypoints.settings.environment import expand, override, variables
from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.reading import read_block
from entrypoints.settings.schema import ChannelSettings, ServiceSettings, Settings
from entrypoints.settings.yaml_file import read_yaml

CHANNELS_FILE = "channels.yaml"
SERVICE_FILE = "service.yaml"


def default_config_dir(environ: Mapping[str, str]) -> Path:
    """The configuration directory where no other is named."""
    return Path(environ.get("TRUNKLINE_CONFIG_DIR") or "config")


def load_settings(*, config_dir: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in `config_dir`, with `${...}` and `TRUNKLINE_` variables from `environ`.

    Raises:
        ConfigurationError: with everything that is wrong, not only the first mistake.
    """
    problems: list[Problem] = []
    service: ServiceSettings | None = None
    channels: tuple[ChannelSettings, ...] = ()
    with collected(problems):
        service = _service(config_dir / SERVICE_FILE, environ)
    with collected(problems):
        channels = _channels(config_dir / CHANNELS_FILE, environ)
    if problems or service is None:
        raise ConfigurationError(problems)
    return Settings(service=service, channels=channels)


def _service(path: Path, environ: Mapping[str, str]) -> ServiceSettings:
    raw = read_yaml(path) if path.exists() else {}
    tree, origins = override(expand(raw, environ=environ), environ=environ)
    try:
        return read_block(ServiceSettings, tree)
    except ConfigurationError as error:
        raise _located(error, path=path, raw=raw, origins=origins) from None


def _channels(path: Path, environ: Mapping[str, str]) -> tuple[ChannelSettings, ...]:
    if not path.exists():
        fix = f"create it (an example comes with Trunkline as config/{CHANNELS_FILE}), or name the directory it is in"
        raise ConfigurationError([Problem(where=str(path), message="there is no such file", fix=fix)])
    raw = read_yaml(path)
    try:
        return read_channels(expand(raw, environ=environ))
    except ConfigurationError as error:
        raise _located(error, path=path, raw=raw, origins={}) from None


def _located(
    error: ConfigurationError, *, path: Path, raw: Mapping[str, Any], origins: Mapping[str, str]
) -> ConfigurationError:
    """The same problems with their places: the file, or the variable of `origins` that replaced the key's value."""
    return ConfigurationError([_at_its_place(problem, path, raw, origins) for problem in error.problems])


def _at_its_place(problem: Problem, path: Path, raw: Mapping[str, Any], origins: Mapping[str, str]) -> Problem:
    if problem.key in origins:
        return evolve(problem, where=f"environment variable {origins[problem.key]}", key="")
    sources = ", ".join(name for name in variables(_value_at(raw, problem.key)) if name not in problem.fix)
    fix = f"{problem.fix} (the value comes from the environment variable {sources})" if sources else problem.fix
    return evolve(problem, where=str(path), fix=fix)


def _value_at(tree: Any, key: str) -> Any:
    """The value in the file at a dotted path; None where there is none."""
    for step in key.split("."):
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree
