"""The people who write to the service, and their texts."""

# People say this word in their messages. Only the agent and operators may read it.
PRIVATE_WORD = "zebrawort"
# Hostile people have numbers that begin so, honest people have others.
HOSTILE_NUMBERS = "1555"
HONEST_NUMBERS = "1777"


def honest_person(number: int) -> str:
    """The number of the `number`th honest person."""
    return f"{HONEST_NUMBERS}0{number:06}"


def person_asking(number: int) -> str:
    """The person who gets the `number`th hostile answer, and then writes an honest message."""
    return f"{HONEST_NUMBERS}9{number:06}"


def honest_words(number: int) -> str:
    """An honest message. The agent's answer names it."""
    return f"honest {number}"


def attacking_words(number: int) -> str:
    """The text for which the agent gives its `number`th hostile answer."""
    return f"attack {number}"
