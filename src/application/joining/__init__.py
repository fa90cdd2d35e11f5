"""One person on several channels: their conversations share the session of the agent."""
