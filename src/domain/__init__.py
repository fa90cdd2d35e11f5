"""What things are: messages, replies, conversations, limits and failures. Pure: no I/O, no clock, no framework."""
