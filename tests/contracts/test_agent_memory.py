"""The scripted agent keeps the contract."""

import pytest

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentAnswer
from contracts.agent_contract import ESSAY, NAMES, REFUSAL, AgentPortContract
from domain.policies.retry import AgentFailure


class TestScriptedAgent(AgentPortContract):
    @pytest.fixture
    def agent(self) -> ScriptedAgent:
        script = {
            "hello": "Hi there!",
            "write an essay": ESSAY,
            "say nothing": "",
            "say spaces": " \n ",
            "tell me a secret": AgentAnswer(text=REFUSAL, blocked=True),
            "fall over": AgentFailure.MODEL_FAILED,
            "dawdle": AgentFailure.TIMEOUT,
        }
        return ScriptedAgent(names=NAMES, script=script)
