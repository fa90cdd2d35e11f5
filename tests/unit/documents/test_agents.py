"""The shipped agents: every example in their prompts can be read."""

import re
from pathlib import Path

import pytest
import yaml

from application.agent_markup.answer import read_agent_reply
from domain.messages.outbound import TextPart
from entrypoints.bootstrap.installed_channel_types import OWN
from support.documents import ROOT

EXAMPLE = re.compile(r"^ *```trunkline\n.*?\n *```$", re.DOTALL | re.MULTILINE)
AGENTS = sorted((ROOT / "config" / "agents").glob("*.agent.yaml"))


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.name)
def test_every_example_of_a_prompt_is_a_part(path: Path) -> None:
    """A model that repeats an example sends this part, and no text."""
    prompt = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]["prompts"]["system"]

    replies = [read_agent_reply(block[0]) for block in EXAMPLE.finditer(prompt)]

    assert replies
    for reply in replies:
        (part,) = reply.parts
        assert not isinstance(part, TextPart)
        assert reply.problems == ()


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.name)
def test_a_prompt_names_no_channel(path: Path) -> None:
    """One agent answers on all of them."""
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]

    told = yaml.safe_dump([spec["prompts"], spec["identity"]]).lower()

    assert [kind.name for kind in OWN if kind.name in told] == []
