"""Plain text, for channels without any formatting."""

from collections.abc import Sequence

from attrs import evolve

from adapters.channel_kit.dialects.dialect import Mark
from domain.messages.rich_text import RichText, Style


class PlainDialect:
    """Writes the text alone. Links stay known, so that no cut parts a label and its address."""

    def showable(self, rich: RichText) -> RichText:
        return evolve(rich, spans=tuple(span for span in rich.spans if span.style is Style.LINK))

    def marks(self, _rich: RichText) -> Sequence[Mark]:
        return ()

    def write(self, rich: RichText) -> str:
        return rich.text
