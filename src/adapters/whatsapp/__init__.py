"""WhatsApp through Meta's Cloud API: what arrives by webhook, what is sent through the Graph API."""
