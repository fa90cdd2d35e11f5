"""One turn: what the agent reads, what it answers, and how the turn ends."""
