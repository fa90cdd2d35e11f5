"""Words that steer the conversation."""

import pytest
from attrs import evolve

from domain.commands import Commands
from domain.messages import Unsupported
from support.messages import message

COMMANDS = Commands(human=("agent", "Persona"))


@pytest.mark.parametrize(("typed", "new"), [("/new", True), (" /NEW ", True), ("/new please", False), ("new", False)])
def test_a_command_is_a_whole_message(typed: str, new: bool) -> None:
    """In any case."""
    assert COMMANDS.is_new_session(message(typed)) is new


@pytest.mark.parametrize(("typed", "human"), [("Agent", True), ("persona", True), ("my agent", False), ("/new", False)])
def test_keywords_ask_for_a_human(typed: str, human: bool) -> None:
    """In the languages one configures."""
    assert COMMANDS.is_human(message(typed)) is human


def test_only_words_are_commands() -> None:
    """Nothing else can be one."""
    assert not COMMANDS.include(evolve(message(), content=Unsupported(kind="/new")))
