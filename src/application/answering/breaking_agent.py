"""Ask an agent that gives no answer less often, so that it does not hold up the turns of others."""

import asyncio
import logging

from attrs import define, field, frozen

from application.answering.agent_wrapper import AgentWrapper
from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from domain.policies.retry import AgentFailure

# What an agent says by itself, an error too, is an answer.
NO_ANSWER = frozenset({AgentFailure.UNREACHABLE, AgentFailure.TIMEOUT})
# Names come from agents as well (hand-offs): of so many, the failures are counted.
MAX_AGENTS = 100

logger = logging.getLogger(__name__)


@define
class _Silence:
    """The runs in a row that had no answer, and when the next run may be passed on (the event loop's time)."""

    failures: int = 0
    next_at: float = 0.0


@frozen(kw_only=True)
class BreakingAgent(AgentWrapper):
    """Passes every call on to `agent`, which is one runtime.

    After `max_failures` runs of an agent in a row without an answer, one run in `pause_seconds` is passed on, until one
    has an answer. All others fail at once, and their turns are tried again: they take no place from the turns of other
    agents, here or at other runtimes.
    """

    max_failures: int = 10
    pause_seconds: float = 5.0
    _silent: dict[str, _Silence] = field(factory=dict, init=False, eq=False, repr=False)

    async def run(self, run: AgentRun) -> AgentAnswer:
        if silence := self._silent.get(run.agent):
            self._require_turn(silence)
        try:
            answer = await self.agent.run(run)
        except AgentFailedError as error:
            if error.failure in NO_ANSWER:
                self._count(run.agent)
            else:
                self._forget(run.agent)
            raise
        if self._silent:
            self._forget(run.agent)
        return answer

    def _require_turn(self, silence: _Silence) -> None:
        if silence.failures < self.max_failures:
            return
        now = asyncio.get_running_loop().time()
        if now < silence.next_at:
            detail = f"no answer in {silence.failures} runs; one in {self.pause_seconds:g} s is passed on"
            raise AgentFailedError(AgentFailure.NOT_READY, detail)
        silence.next_at = now + self.pause_seconds

    def _count(self, agent: str) -> None:
        if agent not in self._silent and len(self._silent) >= MAX_AGENTS:
            return
        silence = self._silent.setdefault(agent, _Silence())
        silence.failures += 1
        if silence.failures == self.max_failures:
            silence.next_at = asyncio.get_running_loop().time() + self.pause_seconds
            logger.warning("agent %s gave no answer in %d runs: it is asked less often", agent, silence.failures)

    def _forget(self, agent: str) -> None:
        silence = self._silent.pop(agent, None)
        if silence is not None and silence.failures >= self.max_failures:
            logger.warning("agent %s answers again", agent)
