"""Writes rich text as the channels take it: WhatsApp's formatting, HTML, plain text."""
