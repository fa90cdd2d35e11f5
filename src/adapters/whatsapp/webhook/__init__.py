"""What Meta tells us: signatures, messages, statuses, account events."""
