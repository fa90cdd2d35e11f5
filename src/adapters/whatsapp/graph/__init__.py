"""What we tell Meta: the Graph API, its messages, media and errors."""
