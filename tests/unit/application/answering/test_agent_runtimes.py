"""Several agent runtimes: which of them runs an agent."""

import pytest

from adapters.memory.agent import ScriptedAgent
from application.answering.agent_runtimes import AgentRuntimes

MAIN, SALES = ScriptedAgent(), ScriptedAgent()
SEVERAL = AgentRuntimes({"main": MAIN, "sales": SALES})


@pytest.mark.parametrize(
    ("name", "runtime", "agent"),
    [
        ("assistant", MAIN, "assistant"),
        ("main/assistant", MAIN, "assistant"),
        ("sales/assistant", SALES, "assistant"),
        ("sales/a/b", SALES, "a/b"),
        ("other/assistant", MAIN, "other/assistant"),
        ("/assistant", MAIN, "/assistant"),
    ],
)
def test_the_runtime_of_an_agent(name: str, runtime: ScriptedAgent, agent: str) -> None:
    """The first one runs what names no other."""
    found, own_name = SEVERAL.of(name)

    assert found is runtime
    assert own_name == agent


@pytest.mark.parametrize("name", ["assistant", "main/assistant", "/assistant"])
def test_a_single_runtime_without_a_name(name: str) -> None:
    """All of the name is the agent's own."""
    assert AgentRuntimes.single(MAIN).of(name) == (MAIN, name)


@pytest.mark.parametrize(
    ("name", "other", "meant"),
    [
        ("entry", "billing", "billing"),
        ("main/entry", "billing", "billing"),
        ("sales/entry", "billing", "sales/billing"),
        ("sales/entry", "main/billing", "main/billing"),
        ("entry", "sales/billing", "sales/billing"),
        ("sales/entry", "other/billing", "sales/other/billing"),
    ],
)
def test_an_agent_names_another_one(name: str, other: str, meant: str) -> None:
    """Agents know the names of their own runtime."""
    assert SEVERAL.beside(name, other) == meant
