"""The documents are correct: their links, commands, variables, configurations, metrics and code are tested."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from entrypoints.cli import main
from entrypoints.observability.metrics import Metrics
from entrypoints.settings.environment import OVERRIDES
from support.configuration import ConfigurationDirectory
from support.documents import DOCUMENTS, ROOT, every_document

DEPLOYMENT = sorted(path for path in (ROOT / "deploy").rglob("*") if path.is_file())

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)")
VARIABLE = re.compile(r"\bTRUNKLINE_[A-Z_]+\b")
COMMAND = re.compile(r"(?:\$ |bin/|`)trunkline((?: [a-z][a-z-]+)+)")
METRIC = re.compile(r"\btrunkline_[a-z_]+")
FILES = {f"{name}_FILE" for name in OVERRIDES}
VARIABLES = set(OVERRIDES) | FILES | {"TRUNKLINE_CONFIG_DIR", "TRUNKLINE_TEST_REDIS"}
MAIN_FILES = {"channels": "channels.yaml", "store": "service.yaml", "tools": "service.yaml"}


def blocks(path: Path, language: str) -> list[str]:
    return [text for tag, text in FENCE.findall(path.read_text(encoding="utf-8")) if tag == language]


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {"#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def yaml_examples() -> list[str]:
    return [text for path in DOCUMENTS for text in blocks(path, "yaml") if text.partition(":")[0] in MAIN_FILES]


@every_document
def test_every_link_leads_somewhere(path: Path) -> None:
    """The file exists, and the heading is in it."""
    for target, anchor in LINK.findall(path.read_text(encoding="utf-8")):
        linked = path.parent / target if target else path
        assert linked.exists(), f"{path.name}: {target}"
        assert not anchor or anchor in anchors(linked), f"{path.name}: {target}{anchor}"


@every_document
def test_every_command_exists(path: Path) -> None:
    """So does its subcommand, where the document names one."""
    for arguments in COMMAND.findall(path.read_text(encoding="utf-8")):
        command: click.Command | None = main
        for word in arguments.split():
            if isinstance(command, click.Group):
                command = command.get_command(click.Context(command), word)
        assert command is not None, f"{path.name}: trunkline{arguments}"


@pytest.mark.parametrize("path", [*DOCUMENTS, *DEPLOYMENT], ids=lambda path: path.name)
def test_every_variable_exists(path: Path) -> None:
    """The service reads every variable that a document or a manifest sets."""
    assert set(VARIABLE.findall(path.read_text(encoding="utf-8"))) <= VARIABLES


@pytest.mark.parametrize("text", yaml_examples())
def test_every_configuration_loads(text: str, tmp_path: Path) -> None:
    """Each example is a complete file when every variable in it is set."""
    config = ConfigurationDirectory(tmp_path)
    config.write_whatsapp()
    (config.path / MAIN_FILES[text.partition(":")[0]]).write_text(text, encoding="utf-8")

    environ = dict.fromkeys(re.findall(r"\$\{(\w+)", text), "106543218765432")
    environ["SALES_PHONE_NUMBER_ID"] = "106543218765433"
    environ["PROPOSALS_SECRET"] = "not-a-real-secret-of-proposals"
    environ["TOOLS_SECRET"] = "not-a-real-secret-of-enough-length"
    environ["TELEGRAM_BOT_TOKEN"] = "106543218765432:not-a-real-token"

    assert config.load(environ).channels


@every_document
def test_every_metric_exists(path: Path) -> None:
    """Under the name that Prometheus sees."""
    exported = Metrics().render().decode()

    assert [name for name in METRIC.findall(path.read_text(encoding="utf-8")) if name not in exported] == []


def test_the_example_of_the_readme_runs() -> None:
    """It prints nothing, and raises no warning."""
    (example,) = blocks(ROOT / "README.md", "python")

    ended = subprocess.run([sys.executable, "-W", "error", "-c", example], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_the_guides_version_is_no_default() -> None:
    """The documents name v21.0 only as the version that ends."""
    mentions = [line for path in DOCUMENTS for line in path.read_text(encoding="utf-8").splitlines() if "v21.0" in line]

    assert mentions
    assert all("ends" in line for line in mentions)
