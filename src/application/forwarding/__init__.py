"""Events go out: what is published reaches the operator's own systems, in order, at least once."""
