"""Telegram, through its Bot API: private chats with one bot."""
