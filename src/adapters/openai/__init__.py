"""Services with the HTTP interface of OpenAI."""
