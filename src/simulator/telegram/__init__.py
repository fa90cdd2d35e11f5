"""Plays Telegram: the Bot API that a bot calls, the updates that it gets, and what people do in the app.

Only private chats with one bot. Source of all shapes and limits: Telegram, "Bot API" 10.1 (June 2026).
"""
