"""What every AgentPort does, whatever runs the agents."""

import pytest

from application.ports.agent import AgentFailedError, AgentPort, AgentRun
from domain.policies.retry import AgentFailure

NAMES = ("assistant", "hurried", "unlucky")
ESSAY = "Bananas. " * 2222 + "By me"
REFUSAL = "Let us talk about something else."


class AgentPortContract:
    """An adapter's test class inherits this and provides `agent`.

    It runs `assistant`, `hurried`, which may take a moment only, and `unlucky`. They answer "hello" with "Hi there!"
    and report a token in and one out,
    "write an essay" with ESSAY, "say nothing" with nothing, "say spaces" with blanks; a guardrail of `assistant`
    answers "tell me a secret" with REFUSAL; "fall over" makes the model fail, "dawdle" takes longer than a moment.
    """

    @pytest.fixture
    def agent(self) -> AgentPort:
        raise NotImplementedError

    async def test_an_answer_comes_back(self, agent: AgentPort) -> None:
        """`run` returns the text of the agent."""
        answer = await agent.run(AgentRun(agent="assistant", query="hello", session_id="s1", context={"turn_id": "t1"}))

        assert answer.text == "Hi there!"
        assert not answer.blocked

    async def test_what_a_run_used_is_reported(self, agent: AgentPort) -> None:
        """By the model that answered."""
        answer = await agent.run(AgentRun(agent="assistant", query="hello", session_id="s1"))

        (used,) = answer.usage
        assert (used.tokens_in, used.tokens_out) == (1, 1)
        assert used.model not in {"", "unknown"}

    async def test_a_long_answer_comes_back_whole(self, agent: AgentPort) -> None:
        """A long answer is not cut here: the messenger cuts it into messages."""
        answer = await agent.run(AgentRun(agent="assistant", query="write an essay", session_id="s1"))

        assert answer.text == ESSAY
        assert len(answer.text) > 20_000 - 10

    async def test_a_refusal_of_a_guardrail_is_an_answer(self, agent: AgentPort) -> None:
        """A guardrail that blocks is no failure: the person gets its message."""
        answer = await agent.run(AgentRun(agent="assistant", query="tell me a secret", session_id="s1"))

        assert answer.text == REFUSAL
        assert answer.blocked

    @pytest.mark.parametrize("query", ["say nothing", "say spaces"])
    async def test_a_blank_answer_is_a_failure(self, agent: AgentPort, query: str) -> None:
        """Otherwise the person would get an empty message."""
        with pytest.raises(AgentFailedError) as failed:
            await agent.run(AgentRun(agent="assistant", query=query, session_id="s1"))

        assert failed.value.failure is AgentFailure.EMPTY_ANSWER

    async def test_an_unknown_agent(self, agent: AgentPort) -> None:
        """A name that is not deployed has its own failure."""
        with pytest.raises(AgentFailedError) as failed:
            await agent.run(AgentRun(agent="no/such agent?", query="hello", session_id="s1"))

        assert failed.value.failure is AgentFailure.UNKNOWN_AGENT

    async def test_a_model_that_fails(self, agent: AgentPort) -> None:
        """The agent exists, but its language model fails."""
        with pytest.raises(AgentFailedError) as failed:
            await agent.run(AgentRun(agent="unlucky", query="fall over", session_id="s1"))

        assert failed.value.failure is AgentFailure.MODEL_FAILED

    async def test_an_agent_that_takes_too_long(self, agent: AgentPort) -> None:
        """The agent's own limit ends the run."""
        with pytest.raises(AgentFailedError) as failed:
            await agent.run(AgentRun(agent="hurried", query="dawdle", session_id="s1"))

        assert failed.value.failure is AgentFailure.TIMEOUT

    @pytest.mark.parametrize("query", ["say nothing", "fall over"])
    async def test_a_failure_does_not_quote_the_person(self, agent: AgentPort, query: str) -> None:
        """Failures are logged: the detail is one short line without the person's text."""
        with pytest.raises(AgentFailedError) as failed:
            await agent.run(AgentRun(agent="unlucky", query=query, session_id="s1", context={"turn_id": "t1"}))

        assert query not in failed.value.detail
        assert "\n" not in failed.value.detail
        assert 0 < len(failed.value.detail) <= 250

    async def test_the_agents_that_can_be_run(self, agent: AgentPort) -> None:
        """The names an operator may put into the configuration."""
        names = await agent.agents()

        assert sorted(names) == sorted(NAMES)
