"""The service under fire: real processes that are killed and frozen, and an audit of what became of every message."""
