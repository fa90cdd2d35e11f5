"""Claims ready conversations and answers them."""
