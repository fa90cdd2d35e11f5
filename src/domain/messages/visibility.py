"""Which characters can be seen. A text without visible characters is blank, even when it is not empty."""

import re
import unicodedata

# Spaces, controls, joiners, halves of emoji, and marks that need a letter to stand on.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Mc", "Me", "Mn", "Zl", "Zp", "Zs"})
# Unicode's Default_Ignorable_Code_Point: drawn as nothing, also where a character is not assigned yet.
IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Symbols and letters whose picture is empty: a blank of Braille, of notes, of hieroglyphs; a place for an object.
BLANK_SYMBOLS = frozenset("\u2800\ufffc\U0001d159\U00013441\U00013442")

# Characters. No command and no title of a choice is longer.
MAX_COMPARED = 1_000


def is_visible(character: str) -> bool:
    """Whether the character is drawn, and can stand alone."""
    return not (
        unicodedata.category(character) in UNSEEN or character in BLANK_SYMBOLS or IGNORABLE.fullmatch(character)
    )


def comparable(text: str) -> str:
    """The text for comparisons: in one Unicode form (NFC), without case and invisible characters.

    A keyboard may write é as two characters, or put a mark of direction before a word. Blanks are single spaces. A text
    of more than `MAX_COMPARED` characters stays as it is: it equals nothing, and would hold up the event loop.
    """
    if len(text) > MAX_COMPARED:
        return text
    if text.isascii():
        folded = text.casefold()
    else:
        seen = IGNORABLE.sub("", text)
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", seen).casefold())
    words = " ".join(folded.split())
    if words.isprintable():
        return words
    return " ".join("".join(c for c in words if unicodedata.category(c) not in {"Cc", "Cf"}).split())
