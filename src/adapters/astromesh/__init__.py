"""Agents run by Astromesh: as a server of its own, or inside this process."""
