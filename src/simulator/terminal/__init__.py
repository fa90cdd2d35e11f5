"""The phone in a terminal."""
