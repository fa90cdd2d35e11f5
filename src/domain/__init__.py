"""Values and rules: people, messages, conversations, policies. Without I/O, clock and framework."""
