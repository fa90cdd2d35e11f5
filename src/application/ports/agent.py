"""Runs agents."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from attrs import field, frozen

from application.ports.media import FetchedMedia
from domain.conversations.proposals import ProposedAction
from domain.conversations.usage import ModelUsage
from domain.messages.shared_values import MediaKind
from domain.policies.retry import AgentFailure


class AgentFailedError(Exception):
    """The agent gave no answer; `failure` says why, `detail` in the runtime's own words."""

    def __init__(self, failure: AgentFailure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail


@frozen(kw_only=True)
class AgentAnswer:
    """The answer of an agent, as Markdown. When a guardrail blocked the run, `text` is its refusal, or blank.

    `data` is the agent's structured output: JSON as the runtime decoded it. `confirmation` is a question of the
    runtime, which `text` does not hold: what the agent does when the person's next message is `si` and nothing else.
    `proposals` are actions that a person of the operator must approve, in order; `problems` says what of the answer
    could not be used.
    `usage` is what the run used, as far as the runtime says so.

    `comes_later`: the agent took the turn and says nothing now; its answer is sent by an operators' request.

    A large answer takes places, of which there are few. Call `text_read` when the text was read, and `release` when the
    files in it were used.
    """

    text: str
    blocked: bool = False
    data: object = None
    confirmation: str = ""
    proposals: tuple[ProposedAction, ...] = ()
    problems: tuple[str, ...] = ()
    comes_later: bool = False
    usage: tuple[ModelUsage, ...] = ()
    text_read: Callable[[], None] = field(default=lambda: None, eq=False, repr=False)
    release: Callable[[], None] = field(default=lambda: None, eq=False, repr=False)


@frozen(kw_only=True)
class ProviderKey:
    """The key of a model provider, for all runs of one channel. `name` is the runtime's name of the provider."""

    name: str
    key: str = field(repr=False)


@frozen(kw_only=True)
class AgentFile:
    """A file of the turn, with its whole content. Without `content`, `unavailable` says why."""

    message_id: str
    kind: MediaKind
    mime_type: str = ""
    name: str = ""
    content: bytes | None = field(default=None, repr=False)
    unavailable: str = ""


@frozen(kw_only=True)
class AgentRun:
    """What an agent is asked, in which session.

    `context` is JSON data, with the id of the turn under `turn_id`. With `provider`, this provider's model answers,
    with this key, in place of the agent's own.
    """

    agent: str
    query: str = field(repr=False)
    session_id: str
    context: Mapping[str, object] = field(factory=dict, repr=False)
    images: Sequence[FetchedMedia] = ()
    files: Sequence[AgentFile] = ()
    provider: ProviderKey | None = None


class AgentPort(Protocol):
    """Runs one turn of one agent in one session."""

    @property
    def supports_images(self) -> bool:
        """Whether agents can be given images; if not, `images` must be empty."""
        ...

    @property
    def supports_files(self) -> bool:
        """Whether agents can be given whole files, images among them; if not, `files` must be empty."""
        ...

    async def run(self, run: AgentRun) -> AgentAnswer:
        """The agent's answer.

        Raises:
            AgentFailedError: classified; also for a blank answer that no guardrail explains.
        """
        ...

    async def forget(self, *, agent: str, session_id: str) -> None:
        """Clear what this agent remembers of the session. It is safe to repeat.

        Raises:
            AgentFailedError: it may remember it still.
        """
        ...

    async def agents(self) -> tuple[str, ...]:
        """The names of the agents that can be run now.

        Raises:
            AgentFailedError: when the runtime cannot be asked.
        """
        ...
