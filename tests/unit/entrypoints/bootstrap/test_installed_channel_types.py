"""Types of channels: our own, and those of installed packages."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import httpx
import pytest

from adapters.whatsapp.graph.messenger import GraphMessenger
from entrypoints.bootstrap.channels import build_channels
from entrypoints.bootstrap.configuration import load_settings
from entrypoints.bootstrap.installed_channel_types import ChannelTypes
from entrypoints.settings import ConfigurationError
from support.configuration import REQUIRED_KEYS, ConfigurationDirectory
from support.plug_ins import WORKING
from support.plug_ins import install as install_plug_in


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Installs a package with a module that nobody has imported."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    return partial(install_plug_in, site)


@pytest.fixture
def config(tmp_path: Path) -> ConfigurationDirectory:
    """One entry of the type `telex`."""
    files = ConfigurationDirectory(tmp_path)
    files.write_channels("channels:\n  telex:\n" + "".join(f"    {key}: {v}\n" for key, v in REQUIRED_KEYS.items()))
    return files


async def test_a_plug_in_is_a_type_like_our_own(install: Callable[..., None], config: ConfigurationDirectory) -> None:
    """Its settings are read and its adapters are made."""
    install()

    settings = config.load()
    async with httpx.AsyncClient() as client:
        (channel,) = build_channels(settings, ChannelTypes.installed(), client)

    assert settings.channels[0].type == "telex"
    assert isinstance(channel.messenger, GraphMessenger)


def test_an_unknown_type_is_refused_with_the_plug_ins_too(
    install: Callable[..., None], config: ConfigurationDirectory
) -> None:
    """A package that was not imported is among the known ones."""
    install(name="fax")

    assert config.error().endswith(
        "is of an unknown type; write type: and one of the known types: fax, telegram, whatsapp"
    )


@pytest.mark.parametrize(
    ("broken", "message", "fix"),
    [
        (
            {"source": "import no_such_module_of_acme"},
            "which cannot be imported (ModuleNotFoundError: No module named 'no_such_module_of_acme')",
            "repair or update that package",
        ),
        (
            {"source": "raise RuntimeError('one\\ntwo')"},
            "which cannot be imported (RuntimeError: one two)",
            "repair or update that package",
        ),
        (
            {"source": "from entrypoints.channel_types import ChannelType\nCHANNEL = ChannelType(telepathy=True)"},
            "which cannot be imported (TypeError: ",
            "repair or update that package",
        ),
        ({"source": "OTHER = 1"}, "which cannot be imported (AttributeError: ", "repair or update that package"),
        ({"source": "CHANNEL = 1"}, ":CHANNEL is no ChannelType", "repair or update that package"),
        ({"source": WORKING.replace("telex", "fax")}, ":CHANNEL says that it is fax", "repair or update that package"),
        (
            {"contract": 99},
            "which is written for version 99 of the channel contract; this Trunkline has version 1",
            "install a version of acme-telex 2.1 for this Trunkline",
        ),
    ],
)
def test_a_broken_plug_in_is_one_line(
    install: Callable[..., None], config: ConfigurationDirectory, broken: dict[str, object], message: str, fix: str
) -> None:
    """It names the file, the entry, the package and what to do."""
    install(**broken)

    error = config.error()

    assert "channels.yaml: channels.telex: the package acme-telex 2.1 has the type telex, " in error
    assert message in error
    assert error.endswith(f"; {fix}")


def test_a_broken_plug_in_that_is_not_used_does_no_harm(
    install: Callable[..., None], config: ConfigurationDirectory
) -> None:
    """It is not imported."""
    install(source="raise RuntimeError")
    config.write_whatsapp()

    assert config.load().channels[0].type == "whatsapp"


@pytest.mark.parametrize("name", ["whatsapp", "telex"])
def test_no_plug_in_takes_the_place_of_another_type(
    install: Callable[..., None], config: ConfigurationDirectory, name: str
) -> None:
    """Which of two packages is meant is not guessed."""
    install(name=name)
    install(name=name, package="other-telex")

    with pytest.raises(ConfigurationError) as caught:
        ChannelTypes.installed()[name]

    packages = ["acme-telex 2.1", "other-telex 2.1"]
    assert all(package in str(caught.value) for package in packages)
    assert ("trunkline, " in str(caught.value)) is (name == "whatsapp")
    assert str(caught.value).endswith("; uninstall all but one of them")


def test_only_the_given_types_are_known(config: ConfigurationDirectory) -> None:
    """Tests and tools may give their own."""
    with pytest.raises(ConfigurationError, match="is of an unknown type"):
        load_settings(config_dir=config.path, environ={}, types=ChannelTypes(()))
