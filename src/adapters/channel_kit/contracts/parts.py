"""One part of each kind, as an agent may give it."""

from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    ContactsPart,
    FormPart,
    LinkPart,
    LocationPart,
    MediaPart,
    MenuPart,
    MenuSection,
    Part,
    ReactionPart,
    TemplatePart,
    TextPart,
)
from domain.messages.shared_values import Choice, ContactCard, Location, MediaKind

SMALL = Choice(id="size-s", title="Small")
LARGE = Choice(id="size-l", title="Large")
LINK = "https://shop.example/menu.pdf"
PHOTO = "https://shop.example/menu.png"
PARTS: tuple[Part, ...] = (
    TextPart(body="Hello"),
    MediaPart(kind=MediaKind.IMAGE, link=PHOTO),
    MediaPart(kind=MediaKind.DOCUMENT, link=LINK, filename="menu.pdf"),
    *(MediaPart(kind=kind, link=LINK) for kind in MediaKind if kind not in {MediaKind.IMAGE, MediaKind.DOCUMENT}),
    MediaPart(kind=MediaKind.IMAGE, id="1234567890", caption="What you ordered"),
    LocationPart(location=Location(latitude=-33.45, longitude=-70.6667, name="The shop")),
    ContactsPart(cards=(ContactCard(name="Ana Soto", phones=("+56 9 5555 0100",)),)),
    ReactionPart(message_id="m.1", emoji="👍"),
    ButtonsPart(body="Which size?", choices=(SMALL, LARGE)),
    MenuPart(body="Which size?", button="Sizes", sections=(MenuSection(choices=(SMALL, LARGE)),)),
    LinkPart(body="All we have", title="See the menu", url=LINK),
    ContactRequestPart(body="To find your order, I need your number.", title="Share my number"),
    FormPart(body="A few questions", button="Answer them", form="900100200300"),
    TemplatePart(name="order_ready", language="en_US", parameters=("Ana",)),
    TemplatePart(
        name="order_ready",
        language="en_US",
        header_file=MediaPart(kind=MediaKind.DOCUMENT, link=LINK, filename="menu.pdf"),
        urls=("", "4711"),
    ),
)
