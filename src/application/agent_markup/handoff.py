"""Read `route` in an agent's structured output, or in one of its blocks: who answers from the next message on.

It is as Herald reads it, the gateway of Astromesh's makers:

    {"route": {"start_session": true, "handoff_agent": "sales"}}
"""

import re
from collections.abc import Callable, Mapping

from domain.conversations.routing import Handoff

# A name is no sentence: logs and metrics show it, and no words of people.
NAME = re.compile(r"[\w.:/@+-]{1,100}")


def read_handoff(data: object, *, report: Callable[[str], None]) -> Handoff | None:
    """The hand-off, if the agent asks for one. Models fill in every key of a schema, so null and "" ask for nothing.

    What cannot be read is reported, and nothing changes.
    """
    route = data.get("route") if isinstance(data, Mapping) else None
    if route is None:
        return None
    if not isinstance(route, Mapping):
        report("route is not an object")
        return None
    starts, agent = route.get("start_session"), route.get("handoff_agent")
    if starts is False:
        return Handoff(start_session=False)
    if starts not in (None, True):
        report("start_session is neither true nor false")
    if agent is None or (isinstance(agent, str) and not agent.strip()):
        return None
    if not isinstance(agent, str) or not NAME.fullmatch(agent.strip()):
        report("handoff_agent is no name of an agent")
        return None
    return Handoff(agent=agent.strip())
