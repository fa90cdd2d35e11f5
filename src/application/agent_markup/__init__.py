"""The blocks in an agent's answer: a wire format, read here into parts of a reply."""
