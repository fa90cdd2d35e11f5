"""Which characters can be seen: a text of others is blank, though it is not empty."""

import unicodedata

# Spaces, controls, joiners, marks that need a letter to stand on; and letters and symbols that are drawn as nothing.
UNSEEN = frozenset({"Cc", "Cf", "Mn", "Zl", "Zp", "Zs"})
UNSEEN_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def shows(character: str) -> bool:
    """Whether somebody sees it."""
    return unicodedata.category(character) not in UNSEEN and character not in UNSEEN_LETTERS
