"""The agent runtimes of this installation: where each agent runs."""

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from application.ports.agent import AgentPort

SEPARATOR = "/"


@frozen
class AgentRuntimes:
    """Runtimes by their names, the first of which also runs the agents that are named without a runtime.

    A name of an agent is `runtime/agent`, or `agent` alone. A single runtime may have no name: an empty text.
    """

    _by_name: Mapping[str, AgentPort]

    @classmethod
    def single(cls, runtime: AgentPort) -> "AgentRuntimes":
        return cls({"": runtime})

    def split(self, name: str) -> tuple[str, str]:
        """The name of the runtime of this agent, and the name of the agent there."""
        return split_name(name, self._by_name)

    def of(self, name: str) -> tuple[AgentPort, str]:
        """The runtime of this agent, and the name of the agent there."""
        runtime, agent = split_name(name, self._by_name)
        return self._by_name[runtime], agent

    def beside(self, name: str, other: str) -> str:
        """The name of the agent that the agent `name` calls `other`: at its own runtime, unless it names one.

        Example: `sales/entry` calls `sales/billing` "billing".
        """
        own, _ = self.split(name)
        is_first = own == next(iter(self._by_name))
        return other if is_first or self.split(other)[1] != other else f"{own}{SEPARATOR}{other}"

    def __iter__(self) -> Iterator[tuple[str, AgentPort]]:
        """Each runtime with its name."""
        return iter(self._by_name.items())


def split_name(name: str, runtimes: Iterable[str]) -> tuple[str, str]:
    """The runtime and the agent in a name such as `sales/billing`. The first of `runtimes` is meant where none is."""
    first, *others = runtimes
    runtime, separator, agent = name.partition(SEPARATOR)
    return (runtime, agent) if separator and runtime and runtime in (first, *others) else (first, name)
