"""The documents name settings and options that exist."""

import re
from pathlib import Path

import attrs
import click
import pytest
import yaml

from entrypoints.cli import main
from entrypoints.settings import AgentsSettings, ServiceSettings, schema
from support.documents import DOCUMENTS, ROOT

SECTIONS = {
    "agents": AgentsSettings,
    "http": schema.HttpSettings,
    "proposals": schema.ProposalsSettings,
    "tools": schema.ToolsSettings,
    "transcriber": schema.TranscriberSettings,
    "transcripts": schema.TranscriptSettings,
    "worker": schema.WorkerSettings,
}
HELM_VALUES = yaml.safe_load((ROOT / "deploy/helm/trunkline/values.yaml").read_text(encoding="utf-8"))
NO_SETTINGS = {"http.py", "agents.billing"}  # a file, and a runtime that an example names
SETTING = re.compile(rf"`({'|'.join(SECTIONS)})\.([a-z_]+)[`:]")
COMMAND_LINE = re.compile(r"^ *\$ (?:\S+/)?trunkline (.+)$|`trunkline ([^`]+)`", re.MULTILINE)
OPTION = re.compile(r"(?<!\S)--[a-z-]+")

# The change log tells of the past.
every_document = pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if path.name != "CHANGELOG.md"],
    ids=lambda path: str(path.relative_to(ROOT)),
)


@every_document
def test_every_setting_exists(path: Path) -> None:
    """`worker.concurrency` and the like are keys of service.yaml, or values of the Helm chart."""
    named = SETTING.findall(path.read_text(encoding="utf-8"))

    missing = {
        f"{section}.{key}"
        for section, key in named
        if key not in {*attrs.fields_dict(SECTIONS[section]), *HELM_VALUES.get(section, ())}
    }

    assert missing <= NO_SETTINGS


@every_document
def test_every_option_exists(path: Path) -> None:
    """Each command takes the options with which a document shows it."""
    for line in map("".join, COMMAND_LINE.findall(path.read_text(encoding="utf-8"))):
        options = {option for parameter in _command(line).params for option in parameter.opts}
        assert set(OPTION.findall(line.partition("#")[0])) <= options | {"--help"}, line


def test_every_section_has_its_settings() -> None:
    """A new section of service.yaml is looked up here, too."""
    nested = {field.name for field in attrs.fields(ServiceSettings) if "Settings" in str(field.type)}

    assert nested - SECTIONS.keys() == {"webhooks"}  # a list: no document names its keys with a dot


def _command(line: str) -> click.Command:
    command: click.Command = main
    for word in line.split():
        inner = command.get_command(click.Context(command), word) if isinstance(command, click.Group) else None
        command = inner or command
    return command
