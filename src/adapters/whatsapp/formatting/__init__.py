"""An agent's Markdown as WhatsApp shows it, in parts that WhatsApp takes."""
