"""The shipped agents: what their prompts teach a model is what we understand."""

import re
from pathlib import Path

import pytest
import yaml

from application.agent_markup.answer import read_agent_reply
from domain.messages.parts import TextPart

EXAMPLE = re.compile(r"^ *```trunkline\n.*?\n *```$", re.DOTALL | re.MULTILINE)
AGENTS = sorted((Path(__file__).parents[3] / "config" / "agents").glob("*.agent.yaml"))


@pytest.mark.parametrize("path", AGENTS, ids=lambda path: path.name)
def test_every_block_of_a_prompt_is_understood(path: Path) -> None:
    """A model that repeats an example says a part, not a text."""
    prompt = yaml.safe_load(path.read_text(encoding="utf-8"))["spec"]["prompts"]["system"]

    spoken = [read_agent_reply(block[0]) for block in EXAMPLE.finditer(prompt)]

    assert spoken
    for said in spoken:
        (part,) = said.parts
        assert not isinstance(part, TextPart)
        assert said.problems == ()
