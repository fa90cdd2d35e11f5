"""Services with OpenAI's HTTP interface."""
