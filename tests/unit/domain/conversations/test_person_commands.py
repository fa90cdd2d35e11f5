"""Commands of a person, such as a new session or the call for a human."""

import pytest
from attrs import evolve

from domain.conversations.person_commands import Command, Commands
from domain.messages.inbound import Unsupported
from support.messages import message

COMMANDS = Commands(human=("agent", "Persona"), start=("/start",))


@pytest.mark.parametrize(("typed", "new"), [("/new", True), (" /NEW ", True), ("/new please", False), ("new", False)])
def test_a_command_is_a_whole_message(typed: str, new: bool) -> None:
    """In upper or lower case."""
    assert (COMMANDS.given(message(typed)) is Command.NEW_SESSION) is new


@pytest.mark.parametrize(("typed", "human"), [("Agent", True), ("persona", True), ("my agent", False), ("/new", False)])
def test_keywords_ask_for_a_human(typed: str, human: bool) -> None:
    """In the configured languages."""
    assert (COMMANDS.given(message(typed)) is Command.HUMAN) is human


@pytest.mark.parametrize(("typed", "start"), [("/start", True), ("/START ", True), ("/start promo", False)])
def test_a_person_begins(typed: str, start: bool) -> None:
    """What a link carries is for the agent."""
    assert COMMANDS.given(message(typed)) is (Command.START if start else None)


@pytest.mark.parametrize(
    ("typed", "new"), [("/new@shop_bot", True), ("/NEW@Shop_Bot", True), ("/new@", False), ("/new@a b", False)]
)
def test_a_command_may_name_the_bot(typed: str, new: bool) -> None:
    """That it is for."""
    assert (COMMANDS.given(message(typed)) is Command.NEW_SESSION) is new


def test_a_word_without_a_slash_names_no_bot() -> None:
    """It may be an address."""
    assert COMMANDS.given(message("agent@example")) is None


def test_only_texts_are_commands() -> None:
    """Other messages cannot be one."""
    assert COMMANDS.given(evolve(message(), content=Unsupported(kind="/new"))) is None


@pytest.mark.parametrize("typed", ["\u200e/new\u2069", "/n\u200bew", "/NEW\ufe0f"])
def test_invisible_characters_do_not_matter(typed: str) -> None:
    """Phones put direction marks and zero-width spaces into typed text."""
    assert COMMANDS.given(message(typed)) is Command.NEW_SESSION


@pytest.mark.parametrize("typed", ["caf\u00e9", "cafe\u0301", "CAFE\u0301"])
@pytest.mark.parametrize("command", ["caf\u00e9", "cafe\u0301"])
def test_a_letter_may_be_two_characters(typed: str, command: str) -> None:
    """In the command or in the typed text."""
    assert Commands(human=(command,)).given(message(typed)) is Command.HUMAN
