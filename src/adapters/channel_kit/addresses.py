"""Web addresses that channels can open."""

import re

WEB_ADDRESS = re.compile(r"https?://[^\s/]\S{0,1990}", re.IGNORECASE)
