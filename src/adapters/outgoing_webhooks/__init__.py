"""Messages that Trunkline posts to addresses of the operator, signed as in Standard Webhooks."""
