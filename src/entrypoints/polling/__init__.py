"""Fetches messages from the channels that are asked for them and call no webhook."""
