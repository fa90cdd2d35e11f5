"""Confirmations: an agent waits for the person's yes before it carries out an action.

Consent must be certain, so a yes is recognised only where nothing else is said beside it. Whatever is in doubt goes to
the agent as an ordinary message, and the agent asks again.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from domain.messages.inbound import InboundMessage, Media, Tap, Text
from domain.messages.outbound import ButtonsPart
from domain.messages.rich_text import RichText
from domain.messages.shared_values import Choice, MediaKind

# The ids of the two buttons begin with these. The id of the turn follows, so a tap on an earlier question's button is
# no answer to the present one.
CONFIRM_PREFIX, DECLINE_PREFIX = "trunkline:confirm:", "trunkline:decline:"
# What an agent reads for a yes and for a no, whatever the person's words. Astromesh takes the first for consent.
YES, NO = "si", "no"

YES_WORDS = frozenset(
    {
        *("si", "dale", "listo", "confirmo", "confirmar", "confirmado"),  # Spanish, and Italian
        *("yes", "yeah", "yep", "ok", "okay", "okey", "confirm", "confirmed"),
        *("sim", "confirma"),
        *("oui", "confirme", "confirmer"),
        *("confermo", "conferma", "confermare"),
        *("bestatige", "bestatigen", "bestatigt"),
    }
)
# A yes in one language alone: in Spanish, "ja" is a laugh.
YES_WORDS_OF: Mapping[str, frozenset[str]] = {"de": frozenset({"ja"})}
YES_WORDS_OF_ALL = YES_WORDS.union(*YES_WORDS_OF.values())
# With one of these, a yes is a question, or is taken back.
CONTRARY = frozenset("?¿\uff1f\u061f👎❌✖✗🚫⛔🙅🤔")
MAX_YES_LENGTH = 40
WORD = re.compile(r"[^\W_]+")
ACCENT = re.compile("[\u0300-\u036f]")  # as a character of its own, after the letter
# The number of the first button, where a channel shows the two as a numbered text.
FIRST_NUMBER = "1"


def is_yes(text: str, *, language: str) -> bool:
    """Whether the text says yes and nothing else, in any case, with any punctuation. Example: "Sí, dale! 👍"."""
    if len(text) > MAX_YES_LENGTH or not CONTRARY.isdisjoint(text):
        return False
    words = _words(text)
    return bool(words) and (YES_WORDS | YES_WORDS_OF.get(language, frozenset())).issuperset(words)


def may_confirm(message: InboundMessage) -> bool:
    """Whether the message alone may be an answer to a confirmation. Such a message is a turn of its own.

    What is said in a voice note is only known later, so each may be one.
    """
    match message.content:
        case Text(body=body) if len(body) <= MAX_YES_LENGTH:
            words = _words(body)
            return bool(words) and (words == [FIRST_NUMBER] or YES_WORDS_OF_ALL.issuperset(words))
        case Tap(choice=choice):
            return choice.id.startswith((CONFIRM_PREFIX, DECLINE_PREFIX))
        case Media(kind=MediaKind.VOICE | MediaKind.AUDIO):
            return True
        case _:
            return False


def taken_together(messages: Sequence[InboundMessage]) -> int:
    """How many of these waiting messages are one turn while a confirmation is awaited.

    A message that may be the answer is a turn of its own. Annotations that follow it belong to the same turn, so that
    a yes which was corrected or taken back is none.
    """
    first = next((at for at, message in enumerate(messages) if may_confirm(message)), len(messages))
    if first:
        return first
    others = (at for at, message in enumerate(messages) if at and not message.is_annotation)
    return next(others, len(messages))


def decision_of(message: InboundMessage, *, transcript: str, language: str) -> str:
    """`YES` or `NO` where the message alone is the answer to a confirmation, else an empty text.

    A tap counts only on an offered choice: the caller checks that. `transcript`: what is said in a voice note.
    """
    if message.forwarded:
        return ""
    match message.content:
        case Tap(choice=choice) if choice.id.startswith(CONFIRM_PREFIX):
            return YES
        case Tap(choice=choice) if choice.id.startswith(DECLINE_PREFIX):
            return NO
        case Text(body=words) if is_yes(words, language=language):
            return YES
        case Media() if is_yes(transcript, language=language):
            return YES
        case _:
            return ""


def confirmation_buttons(question: str, *, turn_id: str, confirm: str, decline: str) -> ButtonsPart:
    """The question, as it is written, with two buttons that say `confirm` and `decline`."""
    choices = (
        Choice(id=f"{CONFIRM_PREFIX}{turn_id}", title=confirm),
        Choice(id=f"{DECLINE_PREFIX}{turn_id}", title=decline),
    )
    return ButtonsPart(body=RichText(question), choices=choices)


def _words(text: str) -> list[str]:
    """The words without case, accents, punctuation and emoji."""
    plain = text.casefold()
    if not plain.isascii():
        plain = ACCENT.sub("", unicodedata.normalize("NFKD", plain))
    return WORD.findall(plain)
