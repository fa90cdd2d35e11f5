"""Hostile inputs, drawn from a seed: the same seed gives the same inputs."""
