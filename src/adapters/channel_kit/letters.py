"""What is a letter of a word."""

import unicodedata


def is_word(character: str) -> bool:
    """Whether the character belongs to a word. A vowel sign does, the variation selector of an emoji does not."""
    return character.isalnum() or (
        character != ""
        and unicodedata.category(character) in {"Mn", "Mc"}
        and not "\N{VARIATION SELECTOR-1}" <= character <= "\N{VARIATION SELECTOR-16}"
    )
