"""What things are: people, messages, conversations, policies. Pure: no I/O, no clock, no framework."""
