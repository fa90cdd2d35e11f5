"""The rules: what follows a failure, how many messages, how fast, how long to wait."""
