"""Meta's Graph API: checks what the business sends, and delivers it to the phones."""
