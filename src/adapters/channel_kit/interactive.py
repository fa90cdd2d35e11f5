"""Questions that people answer with a tap, and texts with numbers where a channel cannot show a question."""

from attrs import evolve, frozen

from adapters.channel_kit.addresses import WEB_ADDRESS
from adapters.channel_kit.texts import TextMessages
from application.ports.capabilities import Capabilities, ChoiceLimits
from domain.messages.outbound import ButtonsPart, ContactRequestPart, FormPart, LinkPart, MenuPart, MenuSection, Part
from domain.messages.plain_text import numbered_list
from domain.messages.rich_text import RichText, Span, Style

ELLIPSIS = "…"

type Question = ButtonsPart | MenuPart


@frozen(kw_only=True)
class InteractiveMessages(TextMessages):
    """Renders the parts that people answer with a tap."""

    def _buttons(self, part: ButtonsPart, at_most: int) -> tuple[Part, ...]:
        """Buttons, or a list where the choices are too many or too long, or where one has a description."""
        limits = self.capabilities.buttons
        if limits and _fit(part, limits, self.capabilities):
            return self._question(part, at_most, limit=limits.body)
        sections = (MenuSection(choices=part.choices),)
        return self._menu(
            MenuPart(body=part.body, button=part.button, sections=sections, footer=part.footer, reply_to=part.reply_to),
            at_most,
        )

    def _menu(self, part: MenuPart, at_most: int) -> tuple[Part, ...]:
        """A list; buttons where the channel has no lists and its buttons hold the choices; or a text with numbers."""
        can, titles = self.capabilities, [section.title for section in part.sections]
        if can.rows is None:
            asked = self._as_buttons(part)
            if can.buttons and _fit(asked, can.buttons, can):
                return self._question(asked, at_most, limit=can.buttons.body)
            return self._numbered(part, at_most)
        has_titles = len(titles) == 1 or all(titles)
        if not (_fit(part, can.rows, can) and has_titles and all(can.fits(title, can.rows.title) for title in titles)):
            return self._numbered(part, at_most)
        button = self._button_title(part.button, limit=can.opener)
        return self._question(evolve(part, button=button), at_most, limit=can.rows.body)

    def _as_buttons(self, part: MenuPart) -> ButtonsPart:
        """The list as buttons. What it says beside its titles stands above them, in the order of the buttons."""
        lines: list[str] = []
        for section in part.sections:
            descriptions = (f"{choice.title}: {choice.description}" for choice in section.choices if choice.description)
            lines += filter(None, (section.title, *descriptions))
        body = RichText.join("\n\n", (self.read(part.body), "\n".join(lines)))
        choices = tuple(evolve(choice, description="") for choice in part.choices)
        return ButtonsPart(body=body, choices=choices, footer=part.footer, reply_to=part.reply_to)

    def _link(self, part: LinkPart, at_most: int) -> tuple[Part, ...]:
        """A button that opens the address, or a text with the address where one of them does not fit."""
        can = self.capabilities
        if can.link_title and _is_title(part.title, can.link_title, can) and WEB_ADDRESS.fullmatch(part.url):
            return self._question(part, at_most, limit=can.body)
        text = RichText.join("\n\n", (self.read(part.body), f"{part.title}: {part.url}", part.footer))
        return self.texts(text, reply_to=part.reply_to, at_most=at_most)

    def _contact_request(self, part: ContactRequestPart, at_most: int) -> tuple[Part, ...]:
        """A button that shares the own phone number, or the text alone: a person can type their number, too."""
        can = self.capabilities
        if can.contact_request_title:
            title = self._button_title(part.title, limit=can.contact_request_title)
            return self._question(evolve(part, title=title), at_most, limit=can.body)
        return self.texts(part.body, reply_to=part.reply_to, at_most=at_most)

    def _form(self, part: FormPart, at_most: int) -> tuple[Part, ...]:
        """A button that opens the form, or the text alone where the channel has no forms."""
        can = self.capabilities
        if can.forms:
            button = self._button_title(part.button, limit=can.form_title)
            return self._question(evolve(part, button=button), at_most, limit=can.body)
        text = RichText.join("\n\n", (self.read(part.body), part.footer))
        return self.texts(text, reply_to=part.reply_to, at_most=at_most)

    def _numbered(self, part: MenuPart, at_most: int) -> tuple[Part, ...]:
        """The list as text. The numbers are those of `part.choices`, so that a person can choose by typing one."""
        paragraphs, first = [self.read(part.body)], 1
        for section in part.sections:
            title = self.read(RichText(section.title, (Span(0, len(section.title), Style.BOLD),)))
            paragraphs.append(RichText.join("\n", (title, numbered_list(section.choices, first=first))))
            first += len(section.choices)
        text = RichText.join("\n\n", (*paragraphs, part.footer))
        return self.texts(text, reply_to=part.reply_to, at_most=at_most)

    def _question[Q: (ButtonsPart, MenuPart, LinkPart, ContactRequestPart, FormPart)](
        self, part: Q, at_most: int, *, limit: int
    ) -> tuple[Part, ...]:
        """The question. A body that is too long for it begins as text before it, if `at_most` allows another message.

        A footer that is too long becomes the end of the body.
        """
        if not isinstance(part, ContactRequestPart) and not self.capabilities.fits(
            part.footer, self.capabilities.footer
        ):
            part = evolve(part, body=RichText.join("\n\n", (part.body, part.footer)), footer="")
        introduction, body = RichText(), self.read(part.body) or RichText(ELLIPSIS)
        if at_most == 1:
            body = self.splitter.shorten(body, limit=limit)
        elif self.splitter.measure(body) > limit:
            introduction, body = self._split_off_end(body, limit=limit)
        texts: tuple[Part, ...] = self.texts(introduction, reply_to=part.reply_to, at_most=at_most - 1)
        return (*texts, evolve(part, body=body, reply_to="" if texts else part.reply_to))

    def _split_off_end(self, text: RichText, *, limit: int) -> tuple[RichText, RichText]:
        """A text without its end, and the end: the last paragraph, or else line, or else piece that fits in `limit`."""
        for separator in ("\n\n", "\n"):
            at = text.text.rfind(separator)
            last = text.cut(at + len(separator), len(text))
            has_code = any(span.style is Style.CODE_BLOCK and span.end > at for span in text.spans)
            if at > 0 and last and self.splitter.measure(last) <= limit and not has_code:
                return text.cut(0, at), last
        *pieces, last = self.splitter.split(text, limit=limit)
        return RichText.join("\n", pieces), last

    def _button_title(self, text: str, *, limit: int) -> str:
        """The title of a button that is not an answer, so it may be cut."""
        if not text.strip():
            return ELLIPSIS
        if self.capabilities.fits(text, limit):
            return text
        room = limit - self.capabilities.unit.size(ELLIPSIS)
        return self.splitter.split(RichText(text), limit=room)[0].text + ELLIPSIS


def _fit(part: Question, limits: ChoiceLimits, can: Capabilities) -> bool:
    """Whether channels accept the choices: ids and titles differ, fit, and no id has spaces around it."""
    ids, titles = {choice.id for choice in part.choices}, {choice.title for choice in part.choices}
    return len(ids) == len(titles) == len(part.choices) <= limits.count and all(
        choice.id == choice.id.strip()
        and len(choice.id.encode()) <= limits.id_bytes
        and _is_title(choice.title, limits.title, can)
        and can.fits(choice.description, limits.description)
        for choice in part.choices
    )


def _is_title(text: str, limit: int, can: Capabilities) -> bool:
    return bool(text.strip()) and can.fits(text, limit)
