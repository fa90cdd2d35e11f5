"""Style and scripts that all pages share: the phone of the simulator, the console and the description of the API.

The files are plain CSS and JavaScript modules. Each page serves them beside its own, so they import each other by
relative names.
"""

from pathlib import Path

FILES = Path(__file__).parent / "files"
# Everything comes from the page's own server, nothing is inline, and no other page may frame it.
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; object-src 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
