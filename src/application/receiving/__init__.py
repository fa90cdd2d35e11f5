"""A webhook comes in: verify it, store its messages, apply its other events."""
