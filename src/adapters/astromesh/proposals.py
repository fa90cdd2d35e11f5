"""What a run proposed: actions that the runtime did not carry out, because a person must approve them first.

Astromesh (0.74) lists them in `propuestas`, at most twenty of 16 KB of arguments each.
"""

import json
from collections.abc import Mapping

from domain.conversations.proposals import MAX_ARGUMENTS_BYTES, MAX_NAME_LENGTH, MAX_PROPOSALS, ProposedAction

# Our fields, and those of the runtime.
FIELDS: Mapping[str, str] = {"type": "tipo", "destination": "destino", "operation": "operacion", "via": "via"}


class _UnusableError(Exception):
    """The proposal cannot be kept. The message says why, and repeats nothing of it."""


def read_proposals(listed: object) -> tuple[tuple[ProposedAction, ...], tuple[str, ...]]:
    """The proposals of a run, in order, and one sentence for each that cannot be kept."""
    if not isinstance(listed, list):
        return (), ()
    proposals, problems = list[ProposedAction](), list[str]()
    for number, entry in enumerate(listed, start=1):
        if number > MAX_PROPOSALS:
            problems.append(f"more than {MAX_PROPOSALS} proposals: the others are not kept")
            break
        try:
            proposals.append(_action(entry))
        except _UnusableError as error:
            problems.append(f"proposal {number} is not kept: {error}")
    return tuple(proposals), tuple(problems)


def _action(entry: object) -> ProposedAction:
    if not isinstance(entry, Mapping):
        raise _UnusableError("it is not an object")
    arguments = entry.get("argumentos") or {}
    if not isinstance(arguments, Mapping):
        raise _UnusableError("its arguments are not an object")
    try:
        written = json.dumps(arguments, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise _UnusableError("its arguments are no JSON") from error
    # Halves of emoji cannot be stored.
    encoded = written.encode(errors="replace")
    if len(encoded) > MAX_ARGUMENTS_BYTES:
        raise _UnusableError(f"its arguments are longer than {MAX_ARGUMENTS_BYTES} bytes")
    names = {ours: _name(entry, theirs) for ours, theirs in FIELDS.items()}
    tool = _name(entry, "tool")
    if not tool:
        raise _UnusableError("it names no tool")
    return ProposedAction(tool=tool, arguments=encoded.decode(), **names)


def _name(entry: Mapping[object, object], key: str) -> str:
    name = entry.get(key) or ""
    if not isinstance(name, str) or len(name) > MAX_NAME_LENGTH:
        raise _UnusableError(f"its {key} is no name")
    return name.encode(errors="replace").decode()
