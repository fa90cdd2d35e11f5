"""What WhatsApp takes in each type of message.

Source: Meta, "Cloud API messages reference", "Text messages", "Interactive reply buttons", "Interactive lists",
"Interactive call-to-action URL buttons" and "Sending flows" (v25.0). Lengths count UTF-16 code units: Meta does not
document the unit, and this is the strictest reading.
"""

import re

from domain.messages.shared_values import MediaKind

# Texts and files
MAX_TEXT = 4096
CAPTIONED = frozenset({MediaKind.IMAGE, MediaKind.VIDEO, MediaKind.DOCUMENT})
MAX_CAPTION = 1024
MAX_CARDS = 5  # Meta's pages name 257 too; five are accepted for certain

# All questions
MAX_BODY = 1024
MAX_FOOTER = 60

# Buttons
MAX_BUTTONS = 3
MAX_BUTTON_TITLE = 20
MAX_BUTTON_ID = 256

# Lists. The rows of all sections count together, and the title of a section has the limit of a row's title.
MAX_LIST_BODY = 4096
MAX_ROWS = 10
MAX_ROW_TITLE = 24
MAX_ROW_ID = 200
MAX_ROW_DESCRIPTION = 72

# Links and forms
ADDRESS = re.compile(r"https?://[^\s/]\S{0,1990}", re.IGNORECASE)
MAX_FORM_BUTTON = 30
