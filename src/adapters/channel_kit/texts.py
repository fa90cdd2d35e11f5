"""Texts as messages of a channel."""

from functools import cached_property

from attrs import frozen

from adapters.channel_kit.dialects.dialect import Dialect
from adapters.channel_kit.markdown.reader import read_markdown
from adapters.channel_kit.splitting import Splitter, stripped
from application.ports.capabilities import Capabilities
from domain.messages.outbound import TextPart
from domain.messages.rich_text import Markdown, RichText


@frozen(kw_only=True)
class TextMessages:
    """Makes messages of texts, within the limits of `capabilities` and as `dialect` writes them."""

    capabilities: Capabilities
    dialect: Dialect

    @cached_property
    def splitter(self) -> Splitter:
        return Splitter(size=self.capabilities.unit.size, dialect=self.dialect)

    def read(self, text: RichText) -> RichText:
        """The text with its Markdown read, if it is Markdown, and only what the channel can show of it."""
        return self.dialect.showable(stripped(_source(text)))

    def texts(self, text: RichText, *, reply_to: str = "", at_most: int) -> tuple[TextPart, ...]:
        """The text in at most `at_most` messages. The first one is the reply to `reply_to`."""
        bodies = self.splitter.split(_source(text), limit=self.capabilities.text, at_most=at_most)
        return tuple([TextPart(body=body, reply_to="" if index else reply_to) for index, body in enumerate(bodies)])


def _source(text: RichText) -> RichText:
    return read_markdown(text.text) if isinstance(text, Markdown) else text
