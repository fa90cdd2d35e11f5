"""Find words in what people write, whatever the case and the accents."""

import functools
import re
import unicodedata

from domain.messages.visibility import MAX_COMPARED, comparable

ACCENTS = re.compile("[\N{COMBINING GRAVE ACCENT}-\N{COMBINING LATIN SMALL LETTER X}]")
# Scripts without blanks between words: Thai, Lao, Myanmar, Khmer, Japanese, Chinese. Each character counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
WORD = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")
ANY_END = "*"


def words_of(text: str) -> str:
    """The words of a text between single blanks, also before the first and after the last. Example: " track order ".

    They are compared as commands are (see `comparable`), and without accents. Only the first `MAX_COMPARED` characters
    are looked at.
    """
    folded = comparable(text[:MAX_COMPARED])
    if not folded.isascii():
        folded = ACCENTS.sub("", unicodedata.normalize("NFD", folded))
    return f" {' '.join(WORD.findall(folded))} "


@functools.lru_cache(maxsize=4096)
def pattern_of(phrase: str) -> str:
    """What texts of `words_of` contain that hold this word, or these words in this order.

    With `*` at the end, longer words that begin with the last one count too. Nothing else is interpreted. The pattern
    of a phrase without a word is blank.
    """
    words = words_of(phrase)
    return words.rstrip() if phrase.endswith(ANY_END) else words
