"""The scripted agent keeps the contract."""

import pytest

from adapters.memory.agent import ScriptedAgent
from application.ports.agent import AgentAnswer
from contracts.agent_contract import ESSAY, NAMES, REFUSAL, AgentPortContract
from domain.conversations.usage import ModelUsage
from domain.policies.retry import AgentFailure

USED = (ModelUsage(model="scripted", tokens_in=1, tokens_out=1),)


class TestScriptedAgent(AgentPortContract):
    @pytest.fixture
    def agent(self) -> ScriptedAgent:
        script = {
            "hello": AgentAnswer(text="Hi there!", usage=USED),
            "write an essay": ESSAY,
            "say nothing": "",
            "say spaces": " \n ",
            "tell me a secret": AgentAnswer(text=REFUSAL, blocked=True),
            "fall over": AgentFailure.MODEL_FAILED,
            "dawdle": AgentFailure.TIMEOUT,
        }
        return ScriptedAgent(names=NAMES, script=script)
