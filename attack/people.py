"""Who writes to the service, and what they say."""

# People say this word in their messages. Only the agent and operators may read it.
PRIVATE_WORD = "zebrawort"
# Hostile people have numbers that begin so, honest people have others.
HOSTILE_NUMBERS = "1555"
HONEST_NUMBERS = "1777"


def honest_person(number: int) -> str:
    """The `number`th of those who write all through the attack."""
    return f"{HONEST_NUMBERS}0{number:06}"


def person_asking(number: int) -> str:
    """Who gets the `number`th hostile answer, and then says an honest word."""
    return f"{HONEST_NUMBERS}9{number:06}"


def honest_words(number: int) -> str:
    """What honest people write; the agent says which of their messages it heard."""
    return f"honest {number}"


def attacking_words(number: int) -> str:
    """What makes the agent give its `number`th hostile answer."""
    return f"attack {number}"
