"""Meta's Graph API: sending messages, and up- and downloading files."""
