"""The runtime's question to confirm an action, at the end of an answer.

Astromesh (0.74) writes it itself, so that the person reads what will really happen, whatever the model says.
"""

REQUEST = "Para confirmar respondé SI. Voy a ejecutar: "


def split_confirmation(answer: str) -> tuple[str, str]:
    """The answer without the question, and the question; it is empty where the answer ends with none."""
    if answer.startswith(REQUEST):
        return "", answer
    text, found, action = answer.rpartition(f"\n\n{REQUEST}")
    return (text, REQUEST + action) if found else (answer, "")
