"""The documents describe every type of channel."""

import re

import attrs
import pytest

from application.ports.capabilities import Capabilities
from entrypoints.bootstrap.installed_channel_types import OWN
from entrypoints.channel_types import ChannelType
from support.documents import ROOT


@pytest.mark.parametrize("kind", OWN, ids=lambda kind: kind.name)
def test_every_key_of_an_entry_is_described(kind: ChannelType) -> None:
    """Each has its line in a table: with the keys of all channels, or on the page of this one."""
    pages = (ROOT / "docs/configuration.md", ROOT / f"docs/{kind.name}.md")
    text = "".join(page.read_text(encoding="utf-8") for page in pages if page.exists())
    keys = [field.name for field in attrs.fields(kind.settings) if field.name != "name"]

    missing = [key for key in keys if f"| `{key}` |" not in text]

    assert missing == []


@pytest.mark.parametrize("field", attrs.fields(ChannelType), ids=lambda field: field.name)
def test_every_field_of_a_type_is_described(field: "attrs.Attribute[object]") -> None:
    """Somebody who adds a channel finds it in the table."""
    text = (ROOT / "docs/adding-a-channel.md").read_text(encoding="utf-8")

    assert f"| `{field.name}` |" in text


def test_every_capability_is_described() -> None:
    """What a channel can do is a table of its own."""
    text = (ROOT / "docs/adding-a-channel.md").read_text(encoding="utf-8")
    table = text.partition("| field of `Capabilities` | is |")[2].partition("\n\n")[0]
    described = [name for line in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split(" | ")[0])]

    assert sorted(described) == sorted(field.name for field in attrs.fields(Capabilities))


def test_the_code_about_channels_is_that_of_the_example() -> None:
    """Whoever copies it gets what the tests of the example try."""
    files = (path for pattern in ("*.py", "*.toml") for path in (ROOT / "examples/webhook-chat").rglob(pattern))
    example = "\n".join(path.read_text(encoding="utf-8") for path in files)
    text = (ROOT / "docs/adding-a-channel.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```(?:python|toml)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)

    missing = [code for code in shown if code not in example]

    assert len(shown) == 5
    assert missing == []
