"""The proposals of a run, as Astromesh lists them."""

from typing import Any

import pytest

from adapters.astromesh.proposals import read_proposals
from domain.conversations.proposals import MAX_ARGUMENTS_BYTES, ProposedAction

ENTRY = {
    "tool": "shop_create_order",
    "tipo": "api",
    "destino": "shop",
    "operacion": "create_order",
    "argumentos": {"boxes": 2, "note": "caf\u00e9"},
}


def test_they_are_read_in_order() -> None:
    """With the agent that proposed it, where the answering one asked another one."""
    proposals, problems = read_proposals([ENTRY, {**ENTRY, "argumentos": {}, "via": "buyer", "new": 1}])

    assert problems == ()
    assert proposals == (
        ProposedAction(
            tool="shop_create_order",
            type="api",
            destination="shop",
            operation="create_order",
            arguments='{"boxes":2,"note":"caf\u00e9"}',
        ),
        ProposedAction(tool="shop_create_order", type="api", destination="shop", operation="create_order", via="buyer"),
    )


@pytest.mark.parametrize("listed", [None, [], {}, "x", 7])
def test_no_list(listed: object) -> None:
    assert read_proposals(listed) == ((), ())


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("x", "it is not an object"),
        ({**ENTRY, "argumentos": [1]}, "its arguments are not an object"),
        ({**ENTRY, "tool": ""}, "it names no tool"),
        ({**ENTRY, "tool": None}, "it names no tool"),
        ({**ENTRY, "tool": "x" * 201}, "its tool is no name"),
        ({**ENTRY, "destino": 7}, "its destino is no name"),
        ({**ENTRY, "argumentos": {"a": "x" * MAX_ARGUMENTS_BYTES}}, "its arguments are longer than 16384 bytes"),
        ({**ENTRY, "argumentos": {"a": "\u00e9" * (MAX_ARGUMENTS_BYTES // 2)}}, "its arguments are longer than 16384"),
        ({**ENTRY, "argumentos": {"a": float("nan")}}, "its arguments are no JSON"),
        ({**ENTRY, "argumentos": {"a": object()}}, "its arguments are no JSON"),
    ],
)
def test_what_cannot_be_kept_is_named(entry: Any, why: str) -> None:
    """The others are kept. The reason repeats nothing of it."""
    proposals, (problem,) = read_proposals([entry, ENTRY])

    assert len(proposals) == 1
    assert problem.startswith(f"proposal 1 is not kept: {why}")


def test_nested_without_end() -> None:
    arguments: dict[str, Any] = {}
    for _ in range(100_000):
        arguments = {"a": arguments}

    _, (problem,) = read_proposals([{**ENTRY, "argumentos": arguments}])

    assert problem == "proposal 1 is not kept: its arguments are no JSON"


def test_only_so_many() -> None:
    proposals, problems = read_proposals([ENTRY] * 22)

    assert len(proposals) == 20
    assert problems == ("more than 20 proposals: the others are not kept",)


def test_halves_of_emoji_are_replaced() -> None:
    """No store can keep them."""
    ((proposal,), _) = read_proposals([{**ENTRY, "tool": "a\ud83d", "argumentos": {"a": "b\ud83d"}}])

    assert (proposal.tool, proposal.arguments) == ("a?", '{"a":"b?"}')
