"""Messages in both directions: what people send, and the parts of our replies."""
