"""Reads a language model's Markdown as rich text."""
