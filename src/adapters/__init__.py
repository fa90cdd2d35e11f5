"""How it is done: each package speaks to one technology, and knows none of the others."""
