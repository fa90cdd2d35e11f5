"""Meta's webhooks: signatures, messages, statuses and account events."""
