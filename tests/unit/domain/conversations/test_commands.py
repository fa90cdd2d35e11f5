"""Words that steer the conversation."""

import pytest
from attrs import evolve

from domain.conversations.commands import Commands
from domain.messages.inbound import Unsupported
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


@pytest.mark.parametrize("typed", ["\u200e/new\u2069", "/n\u200bew", "/NEW\ufe0f"])
def test_nobody_sees_why_a_command_should_be_none(typed: str) -> None:
    """Phones put marks of direction, and blanks without width, into what is typed."""
    assert COMMANDS.is_new_session(message(typed))


@pytest.mark.parametrize("typed", ["caf\u00e9", "cafe\u0301", "CAFE\u0301"])
@pytest.mark.parametrize("command", ["caf\u00e9", "cafe\u0301"])
def test_a_letter_may_be_two_characters(typed: str, command: str) -> None:
    """Of whoever wrote it."""
    assert Commands(human=(command,)).is_human(message(typed))
