"""What WhatsApp can show and do.

Source: Meta, "Cloud API messages reference", "Text messages", "Interactive reply buttons", "Interactive lists",
"Interactive call-to-action URL buttons", "Sending flows" and "Typing indicators" (v25.0). Lengths count UTF-16 code
units: Meta does not document the unit, and this is the strictest reading.
"""

from application.ports.capabilities import Capabilities, ChoiceLimits, TextUnit
from domain.messages.shared_values import MediaKind

WHATSAPP = Capabilities(
    type="whatsapp",
    unit=TextUnit.UTF16,
    text=4096,
    caption=1024,
    captioned=frozenset({MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.DOCUMENT}),
    files=frozenset(MediaKind),
    locations=True,
    cards=5,  # Meta's pages name 257 too; five are accepted for certain
    body=1024,
    footer=60,
    buttons=ChoiceLimits(count=3, title=20, id_bytes=256, body=1024),
    # The rows of all sections count together, and the title of a section has the limit of a row's title.
    rows=ChoiceLimits(count=10, title=24, id_bytes=200, description=72, body=4096),
    opener=20,
    link_title=20,
    contact_request_title=20,  # WhatsApp writes the title of this button itself, and shows none of ours
    form_title=30,
    reactions=True,
    templates=True,
    begins_conversations=True,
    window_seconds=24 * 3600.0,
    confirms_sends=True,
    statuses=True,
    typing_seconds=25.0,
    read_receipts=True,
)
