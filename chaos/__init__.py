"""Chaos runs: real processes are killed and frozen, and an audit checks every message."""
