"""All stores, on Redis or Valkey."""
