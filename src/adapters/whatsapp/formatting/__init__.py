"""An agent's Markdown in WhatsApp's formatting, in messages that WhatsApp accepts."""
