"""The course of one conversation: its state, its turns, its replies and what became of them."""
