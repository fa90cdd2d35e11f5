"""Agents that answer by a script."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from attrs import define, field

from application.ports.agent import AgentAnswer, AgentFailedError, AgentRun
from domain.policies.retry import AgentFailure

type Outcome = str | AgentAnswer | AgentFailure


def echo(query: str) -> Outcome:
    return f"You said: {query}"


@define(kw_only=True)
class ScriptedAgent:
    """Answers each query by `script`: a function, or a mapping. A query that is not in the mapping is echoed.

    `forgotten` holds agent and session of each memory that was cleared, unless the agent is `away`.
    `calls` holds the runs in their order. Between `hold` and `release`, runs begin but do not end.
    """

    names: Sequence[str] = ("assistant",)
    supports_images: bool = False
    supports_files: bool = False
    script: Mapping[str, Outcome] | Callable[[str], Outcome] = echo
    calls: list[AgentRun] = field(factory=list, init=False)
    forgotten: list[tuple[str, str]] = field(factory=list, init=False)
    away: bool = field(default=False, init=False)
    _called: asyncio.Condition = field(factory=asyncio.Condition, init=False)
    _released: asyncio.Event = field(factory=asyncio.Event, init=False)

    def __attrs_post_init__(self) -> None:
        self.release()

    async def run(self, run: AgentRun) -> AgentAnswer:
        async with self._called:
            self.calls.append(run)
            self._called.notify_all()
        await self._released.wait()
        if run.agent not in self.names:
            raise AgentFailedError(AgentFailure.UNKNOWN_AGENT, "no agent of that name")
        return _answer(self._outcome(run.query))

    async def forget(self, *, agent: str, session_id: str) -> None:
        if agent not in self.names:
            raise AgentFailedError(AgentFailure.UNKNOWN_AGENT, "no agent of that name")
        if self.away:
            raise AgentFailedError(AgentFailure.UNREACHABLE, "away: a test wants it")
        self.forgotten.append((agent, session_id))

    async def agents(self) -> tuple[str, ...]:
        return tuple(self.names)

    def hold(self) -> None:
        self._released.clear()

    def release(self) -> None:
        self._released.set()

    async def called(self, times: int) -> None:
        """Wait until `times` runs have begun."""
        async with self._called:
            await self._called.wait_for(lambda: len(self.calls) >= times)

    def _outcome(self, query: str) -> Outcome:
        return self.script(query) if callable(self.script) else self.script.get(query, echo(query))


def _answer(outcome: Outcome) -> AgentAnswer:
    match outcome:
        case AgentFailure():
            raise AgentFailedError(outcome, "as scripted")
        case AgentAnswer(comes_later=True):
            return outcome
        case AgentAnswer(blocked=blocked, data=data, confirmation=asked) if blocked or data or asked:
            return outcome
        case AgentAnswer(text=text) | str(text) if text.strip():
            return outcome if isinstance(outcome, AgentAnswer) else AgentAnswer(text=text)
        case _:
            raise AgentFailedError(AgentFailure.EMPTY_ANSWER, "as scripted")
