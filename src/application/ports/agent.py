"""Runs agents."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from attrs import field, frozen

from application.ports.media import FetchedMedia
from domain.policies.retry import AgentFailure


class AgentFailedError(Exception):
    """The agent gave no answer; `failure` says why, `detail` in the runtime's own words."""

    def __init__(self, failure: AgentFailure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail


@frozen(kw_only=True)
class AgentAnswer:
    """What an agent said, as Markdown. When a guardrail blocked the run, `text` is its refusal, which may be blank.

    `data` is what it gave beside its words, JSON as the runtime decoded it. Whoever has used the answer calls
    `release`: a large one takes a place, of which there are few.
    """

    text: str
    blocked: bool = False
    data: object = None
    release: Callable[[], None] = field(default=lambda: None, eq=False, repr=False)


class AgentPort(Protocol):
    """Runs one turn of one agent in one session."""

    @property
    def supports_images(self) -> bool:
        """Whether images can be shown to agents here; where not, `images` must be empty."""
        ...

    async def run(
        self,
        *,
        agent: str,
        query: str,
        session_id: str,
        context: Mapping[str, object],
        images: Sequence[FetchedMedia] = (),
    ) -> AgentAnswer:
        """Ask `agent`. `context` is JSON data, with the id of the turn under `turn_id`.

        Raises:
            AgentFailedError: classified; also for a blank answer that no guardrail explains.
        """
        ...

    async def agents(self) -> tuple[str, ...]:
        """The names of the agents that can be run now.

        Raises:
            AgentFailedError: when the runtime cannot be asked.
        """
        ...
